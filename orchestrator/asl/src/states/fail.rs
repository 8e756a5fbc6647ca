//! Fail: ends its execution, or its branch, with an error.

use crate::check::{Fields, Within};
use crate::template::Text;

#[derive(Debug)]
pub struct Fail {
    pub error: Option<FailText>,
    pub cause: Option<FailText>,
}

/// `Error`/`Cause`, or `ErrorPath`/`CausePath` (a path or an intrinsic function).
#[derive(Debug)]
pub enum FailText {
    Literal(String),
    Computed(Text),
}

impl Fail {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Self {
        within.ends();
        Self {
            error: FailText::read(fields, "Error", "ErrorPath"),
            cause: FailText::read(fields, "Cause", "CausePath"),
        }
    }
}

impl FailText {
    fn read(fields: &mut Fields<'_>, literal: &'static str, path: &'static str) -> Option<Self> {
        fields.exclude(&[literal, path]);
        let literal = fields.text(literal).map(Self::Literal);
        let computed = fields.get(path).and_then(|field| field.computed_text());
        literal.or(computed.map(Self::Computed))
    }
}
