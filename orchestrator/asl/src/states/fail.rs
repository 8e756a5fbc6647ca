//! Fail: ends its execution, or its branch, with an error.

use crate::check::{Field, Fields, Within};
use crate::expression::Expression;
use crate::template::Text;

#[derive(Debug)]
pub struct Fail {
    pub error: Option<FailText>,
    pub cause: Option<FailText>,
}

/// `Error`/`Cause`, or `ErrorPath`/`CausePath` (a path or an intrinsic function), or in JSONata an expression.
#[derive(Debug)]
pub enum FailText {
    Literal(String),
    Computed(Text),
    Expression(Expression),
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
        let literal = fields.get(literal).and_then(|field| {
            let written =
                |field: &Field<'_>| field.text().map(|text| Self::Literal(text.to_owned()));
            field.written_or_computed(written, Self::Expression)
        });
        let computed = fields.get(path).and_then(|field| field.computed_text());
        literal.or(computed.map(Self::Computed))
    }
}
