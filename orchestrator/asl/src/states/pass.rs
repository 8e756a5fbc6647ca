//! Pass: input to output, with a fixed or computed result between.

use serde_json::Value;

use super::Output;
use crate::check::{Fields, Sees, Within, warn_of_static_result};
use crate::machine::Transition;
use crate::template::Template;

#[derive(Debug)]
pub struct Pass {
    /// JSONPath alone has it, and `Parameters`.
    pub result: Option<Value>,
    pub parameters: Option<Template>,
    pub output: Output,
    pub transition: Transition,
}

impl Pass {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        let result = fields.get("Result");
        if let Some(result) = &result {
            warn_of_static_result(result);
        }
        let transition = Transition::read(fields, within);
        Some(Self {
            result: result.map(|result| result.value()),
            parameters: fields.template("Parameters"),
            output: Output::read_unselected(fields, Sees::Input),
            transition: transition?,
        })
    }
}
