//! Payload templates: JSON in which a field `"name.$"` is computed by a path or an intrinsic function.

use serde_json::Value;

use crate::dataflow::Scope;
use crate::draw::Draw;
use crate::error::EvalError;

/// A compiled template of `Parameters`, `ItemSelector` or `ResultSelector`.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {}

impl Template {
    /// Compiles every `.$` field, and reports every one that is wrong.
    pub fn parse(template: &Value) -> Result<Self, Vec<TemplateFault>> {
        todo!()
    }

    pub fn render(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<Value, EvalError> {
        todo!()
    }
}

/// What is wrong in a template, and where: a JSON pointer from the template's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    pub pointer: String,
    pub message: String,
}

/// A path or an intrinsic call that must yield a string (`ErrorPath`, `CausePath`).
#[derive(Debug, Clone, PartialEq)]
pub struct Text {}

impl Text {
    /// The error is the sentence for the definition's author.
    pub fn parse(text: &str) -> Result<Self, String> {
        todo!()
    }

    /// `field` is the one that holds the text: it stands in the cause of an error.
    pub fn evaluate(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
        field: &'static str,
    ) -> Result<String, EvalError> {
        todo!()
    }
}
