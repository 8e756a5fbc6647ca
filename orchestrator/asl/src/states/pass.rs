//! Pass: input to output, with a fixed or computed result between.

use serde_json::Value;

use super::ResultPath;
use crate::check::{Fields, Within, warn_of_static_result};
use crate::machine::Transition;
use crate::template::Template;

#[derive(Debug)]
pub struct Pass {
    pub result: Option<Value>,
    pub parameters: Option<Template>,
    pub result_path: ResultPath,
    pub transition: Transition,
}

impl Pass {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.variables();
        fields.expression("Output");
        let result = fields.get("Result");
        if let Some(result) = &result {
            warn_of_static_result(result);
        }
        let transition = Transition::read(fields, within);
        Some(Self {
            result: result.map(|result| result.value()),
            parameters: fields.template("Parameters"),
            result_path: ResultPath::read(fields),
            transition: transition?,
        })
    }
}
