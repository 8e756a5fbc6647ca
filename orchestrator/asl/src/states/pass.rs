//! Pass: input to output, with a fixed or computed result between.

use serde_json::Value;

use super::ResultPath;
use crate::machine::Transition;
use crate::template::Template;

#[derive(Debug)]
pub struct Pass {
    pub result: Option<Value>,
    pub parameters: Option<Template>,
    pub result_path: ResultPath,
    pub transition: Transition,
}
