//! Mode DISTRIBUTED: what makes a Map a run of child executions, and what only such a Map has.

use std::sync::Arc;

use super::{ItemBatcher, ItemReader, ResultWriter};
use crate::check::{Field, Fields};
use crate::diagnostic::Fault;
use crate::machine::MachineType;

/// Characters of a label: it becomes a part of the map run's ARN.
const LABEL_MAX: usize = 40;

#[derive(Debug)]
pub struct Distributed {
    pub execution_type: ExecutionType,
    /// Absent: one is drawn for each run.
    pub label: Option<Arc<str>>,
    /// Absent: the items are in the state's input.
    pub reader: Option<ItemReader>,
    /// Absent: one item per child.
    pub batcher: Option<ItemBatcher>,
    /// Absent: the state's result is the array of its children's outputs.
    pub writer: Option<ResultWriter>,
}

/// Of the children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionType {
    Standard,
    Express,
}

/// `ProcessorConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// INLINE, unless a field asks for more.
    Unsaid,
    Inline,
    Distributed(ExecutionType),
}

impl Mode {
    pub(super) fn read(config: &Field<'_>) -> Self {
        let Some(mut config) = config.object() else { return Self::Unsaid };
        let mode = config.allowed("Mode", &["INLINE", "DISTRIBUTED"]);
        let mode = match mode {
            Some("DISTRIBUTED") => {
                config.require(&["ExecutionType"]);
                let express = config.allowed("ExecutionType", &["STANDARD", "EXPRESS"]);
                Self::Distributed(match express {
                    Some("EXPRESS") => ExecutionType::Express,
                    Some(_) | None => ExecutionType::Standard,
                })
            }
            Some(_) => Self::Inline,
            None => Self::Unsaid,
        };
        config.close();
        mode
    }
}

const ONLY_DISTRIBUTED: [&str; 4] = ["ItemReader", "ItemBatcher", "ResultWriter", "Label"];

/// Whether the Map says so, or has a field that asks for it.
pub(super) fn is_meant(fields: &Fields<'_>, mode: Mode) -> bool {
    let asks_for_more = || ONLY_DISTRIBUTED.iter().any(|name| fields.has(name));
    match mode {
        Mode::Distributed(_) => true,
        Mode::Inline => false,
        Mode::Unsaid => asks_for_more(),
    }
}

pub(super) fn read(fields: &mut Fields<'_>, mode: Mode) -> Option<Distributed> {
    let asks_for_more = ONLY_DISTRIBUTED.iter().find(|name| fields.has(name)).copied();
    if let (Mode::Inline, Some(field)) = (mode, asks_for_more) {
        fields.report(Fault::OnlyDistributed { field });
    }
    let distributed = asks_for_more.is_some() || matches!(mode, Mode::Distributed(_));
    if distributed && fields.check.machine_type == MachineType::Express {
        fields.report(Fault::NotInExpress { what: "Distributed Map" });
    }
    let reader = fields.get("ItemReader").and_then(|field| ItemReader::read(&field));
    let batcher = fields.get("ItemBatcher").and_then(|field| ItemBatcher::read(&field));
    let writer = fields.get("ResultWriter").and_then(|field| ResultWriter::read(&field));
    let label = fields.get("Label").and_then(|field| read_label(&field));
    let execution_type = match mode {
        Mode::Distributed(execution_type) => execution_type,
        Mode::Unsaid if asks_for_more.is_some() => ExecutionType::Standard,
        Mode::Unsaid | Mode::Inline => return None,
    };
    Some(Distributed { execution_type, label, reader, batcher, writer })
}

fn read_label(field: &Field<'_>) -> Option<Arc<str>> {
    let label = field.text()?;
    let forbidden =
        |c: &char| c.is_whitespace() || c.is_control() || "?*<>{}[]:;,\\|^~$#%&`\"".contains(*c);
    let reason = match label.chars().find(forbidden) {
        Some(character) => format!("cannot contain {character:?}"),
        None if label.is_empty() => "cannot be empty".to_owned(),
        None if label.chars().count() > LABEL_MAX => {
            format!("is longer than {LABEL_MAX} characters")
        }
        None => return Some(label.into()),
    };
    field.report(Fault::Label { reason });
    None
}
