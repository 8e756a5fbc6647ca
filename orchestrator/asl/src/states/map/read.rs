//! A Map as a definition writes it.

use super::{Map, MapNumber};
use crate::check::{Field, Fields, Within, read_inner_flow};
use crate::diagnostic::Fault;
use crate::machine::{Flow, Transition};
use crate::path::Path;
use crate::retry::{Catcher, Retrier};
use crate::states::{Number, ResultPath};

/// Characters of a label: it becomes a part of the map run's ARN.
const LABEL_MAX: usize = 40;

impl Map {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.variables();
        fields.expression("Items");
        fields.expression("Output");
        read_distributed(fields);
        fields.exclude(&["ItemSelector", "Parameters"]);
        let item_selector = fields.template("ItemSelector");
        let parameters = fields.template("Parameters");
        let processor = read_processor(fields);
        let transition = Transition::read(fields, within);
        Some(Self {
            items_path: fields.get("ItemsPath").and_then(|field| read_items_path(&field)),
            item_selector: item_selector.or(parameters),
            max_concurrency: count(fields, "MaxConcurrency", "MaxConcurrencyPath"),
            tolerated_failure_count: count(
                fields,
                "ToleratedFailureCount",
                "ToleratedFailureCountPath",
            ),
            tolerated_failure_percentage: percentage(fields),
            result_selector: fields.template("ResultSelector"),
            result_path: ResultPath::read(fields),
            retry: Retrier::read_all(fields),
            catch: Catcher::read_all(fields, within),
            processor: processor?,
            transition: transition?,
        })
    }
}

/// One value: the array itself.
fn read_items_path(field: &Field<'_>) -> Option<Path> {
    let path = field.path()?;
    if path.is_definite() {
        return Some(path);
    }
    let reason = "it may find many values".to_owned();
    field.report(Fault::NotAReferencePath { reason });
    None
}

fn count(fields: &mut Fields<'_>, literal: &'static str, path: &'static str) -> Option<MapNumber> {
    fields.seconds(literal, path, 0..=u64::from(u32::MAX))
}

fn percentage(fields: &mut Fields<'_>) -> Option<Number<f64>> {
    fields.exclude(&["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"]);
    let literal = fields.get("ToleratedFailurePercentage");
    let literal = literal.and_then(|field| field.number(0, Some(100))).map(Number::Literal);
    let path = fields.path("ToleratedFailurePercentagePath").map(Number::Path);
    literal.or(path)
}

fn read_processor(fields: &mut Fields<'_>) -> Option<Flow> {
    fields.choose(&["ItemProcessor", "Iterator"]);
    let (current, older) = (fields.get("ItemProcessor"), fields.get("Iterator"));
    let mut processor = current.or(older)?.object()?;
    if let Some(config) = processor.get("ProcessorConfig") {
        read_config(&config);
    }
    let flow = read_inner_flow(&mut processor);
    processor.close();
    flow
}

fn read_config(config: &Field<'_>) {
    let Some(mut config) = config.object() else { return };
    let mode = config.get("Mode");
    let distributed =
        mode.filter(|mode| mode.allowed(&["INLINE", "DISTRIBUTED"]) == Some("DISTRIBUTED"));
    if let Some(mode) = distributed {
        mode.report(Fault::DISTRIBUTED_MAP);
        config.require(&["ExecutionType"]);
        config.allowed("ExecutionType", &["STANDARD", "EXPRESS"]);
    }
    config.close();
}

/// What only a Distributed Map has.
fn read_distributed(fields: &mut Fields<'_>) {
    for name in ["ItemReader", "ResultWriter", "ItemBatcher"] {
        if let Some(field) = fields.get(name) {
            field.report(Fault::DISTRIBUTED_MAP);
            if name == "ItemBatcher" {
                read_batcher(&field);
            }
        }
    }
    if let Some(label) = fields.get("Label") {
        label.report(Fault::DISTRIBUTED_MAP);
        read_label(&label);
    }
}

fn read_batcher(field: &Field<'_>) {
    let Some(batcher) = field.object() else { return };
    batcher.exclude(&["MaxItemsPerBatch", "MaxItemsPerBatchPath"]);
    batcher.exclude(&["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"]);
}

fn read_label(field: &Field<'_>) {
    let Some(label) = field.text() else { return };
    let forbidden =
        |c: &char| c.is_whitespace() || c.is_control() || "?*<>{}[]:;,\\|^~$#%&`\"".contains(*c);
    let reason = match label.chars().find(forbidden) {
        Some(character) => format!("cannot contain {character:?}"),
        None if label.is_empty() => "cannot be empty".to_owned(),
        None if label.chars().count() > LABEL_MAX => {
            format!("is longer than {LABEL_MAX} characters")
        }
        None => return,
    };
    field.report(Fault::Label { reason });
}
