//! A Map as a definition writes it.

use super::distributed::{self, Mode};
use super::{Items, Map, MapNumber};
use crate::check::{Field, Fields, Sees, Within, read_hidden_flow, read_inner_flow};
use crate::diagnostic::Fault;
use crate::machine::{Flow, QueryLanguage, Transition};
use crate::path::Path;
use crate::retry::{Catcher, Retrier};
use crate::states::{Number, Output};
use crate::template::Template;

impl Map {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.exclude(&["ItemSelector", "Parameters"]);
        let item_selector = fields.template("ItemSelector");
        let parameters = fields.template("Parameters");
        let (processor, mode) = read_processor(fields);
        let distributed = distributed::read(fields, mode);
        let transition = Transition::read(fields, within);
        Some(Self {
            items: Items::read(fields),
            item_selector: item_selector.or(parameters),
            max_concurrency: count(fields, "MaxConcurrency", "MaxConcurrencyPath"),
            tolerated_failure_count: count(
                fields,
                "ToleratedFailureCount",
                "ToleratedFailureCountPath",
            ),
            tolerated_failure_percentage: percentage(fields),
            output: Output::read(fields, Sees::Result),
            retry: Retrier::read_all(fields),
            catch: Catcher::read_all(fields, within),
            processor: processor?,
            distributed: distributed.map(Box::new),
            transition: transition?,
        })
    }
}

impl Items {
    fn read(fields: &mut Fields<'_>) -> Self {
        let path = fields.get("ItemsPath").and_then(|field| read_items_path(&field));
        let items = fields.get("Items").and_then(|field| read_items(&field));
        match fields.language {
            QueryLanguage::JsonPath => Self::Path(path),
            QueryLanguage::Jsonata => Self::Computed(items),
        }
    }
}

fn read_items(field: &Field<'_>) -> Option<Template> {
    if field.node.array().is_some() { field.template() } else { field.expression().map(Into::into) }
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
    let literal = fields.get("ToleratedFailurePercentage").and_then(|field| {
        let written = |field: &Field<'_>| field.number(0, Some(100)).map(Number::Literal);
        field.written_or_computed(written, Number::Expression)
    });
    let path = fields.path("ToleratedFailurePercentagePath").map(Number::Path);
    literal.or(path)
}

fn read_processor(fields: &mut Fields<'_>) -> (Option<Flow>, Mode) {
    fields.choose(&["ItemProcessor", "Iterator"]);
    let (current, older) = (fields.get("ItemProcessor"), fields.get("Iterator"));
    let Some(mut processor) = current.or(older).and_then(|field| field.object()) else {
        return (None, Mode::Unsaid);
    };
    let mode = processor.get("ProcessorConfig").map_or(Mode::Unsaid, |config| Mode::read(&config));
    let is_hidden = distributed::is_meant(fields, mode);
    let read = if is_hidden { read_hidden_flow } else { read_inner_flow };
    let flow = read(&mut processor);
    processor.close();
    (flow, mode)
}
