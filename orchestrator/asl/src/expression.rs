//! JSONata expressions, `{% … %}`: compiled when the definition is checked, evaluated on what a state's visit sees.

use std::sync::Arc;

use jsonata::{CompileError, Draw};
use serde_json::Value;

use crate::dataflow::Scope;
use crate::error::EvalError;
use crate::path::budget::check_depth;

const OPEN: &str = "{%";
const CLOSE: &str = "%}";

/// A compiled expression, and the field that it stands in, as AWS names it: `Output/result`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    compiled: jsonata::Expression,
    location: Arc<str>,
}

impl Expression {
    pub fn compile(source: &str, location: &str) -> Result<Self, CompileError> {
        let compiled = jsonata::Expression::compile(source)?;
        Ok(Self { compiled, location: location.into() })
    }

    /// What is between the delimiters, without the blanks round it.
    pub fn source(&self) -> &str {
        self.compiled.source()
    }

    pub(crate) fn compiled(&self) -> &jsonata::Expression {
        &self.compiled
    }

    pub fn evaluate(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<Value, EvalError> {
        let value = scope.expressions.evaluate(&self.compiled, scope, draw);
        match value {
            Ok(Some(value)) => {
                check_depth(&value)?;
                Ok(value)
            }
            Ok(None) => Err(self.failed("returned nothing (undefined).")),
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }

    pub fn array(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<Value, EvalError> {
        let value = self.evaluate(scope, draw)?;
        if value.is_array() { Ok(value) } else { Err(self.unexpected("array", &value)) }
    }

    pub fn boolean(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<bool, EvalError> {
        let value = self.evaluate(scope, draw)?;
        value.as_bool().ok_or_else(|| self.unexpected("boolean", &value))
    }

    pub fn text(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<String, EvalError> {
        let value = self.evaluate(scope, draw)?;
        value.as_str().map(str::to_owned).ok_or_else(|| self.unexpected("string", &value))
    }

    pub fn number(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<f64, EvalError> {
        let value = self.evaluate(scope, draw)?;
        let number = value.as_f64().filter(|_| value.is_number());
        number.ok_or_else(|| self.unexpected("number", &value))
    }

    /// A number without a fraction.
    #[expect(clippy::cast_possible_truncation, reason = "its magnitude is below 2^53")]
    pub fn integer(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<i64, EvalError> {
        let number = self.number(scope, draw)?;
        if number.fract() == 0.0 && number.abs() < INTEGER_BELOW {
            return Ok(number as i64);
        }
        let value = Value::from(number);
        Err(self.unexpected("integer", &value))
    }

    /// The value is of the type that the field wants, but out of what it takes.
    pub(crate) fn refused(&self, cause: String) -> EvalError {
        EvalError::of_query(&self.location, cause)
    }

    fn failed(&self, how: &str) -> EvalError {
        let cause = format!(
            "The JSONata expression '{}' specified for the field '{}' {how}",
            self.source(),
            self.location
        );
        EvalError::of_query(&self.location, cause)
    }

    fn unexpected(&self, expected: &str, value: &Value) -> EvalError {
        let found = kind_of(value);
        self.failed(&format!(
            "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {value}"
        ))
    }
}

/// Doubles below it hold every integer.
const INTEGER_BELOW: f64 = 9_007_199_254_740_992.0;

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// How a string of a JSONata state is meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written<'a> {
    /// As it stands.
    Text,
    /// As an expression: what is between the delimiters.
    Source(&'a str),
    /// One delimiter lacks the other.
    HalfOpen,
}

impl<'a> Written<'a> {
    /// Or wants to be one.
    pub(crate) fn is_expression(text: &'a str) -> bool {
        Self::of(text) != Self::Text
    }

    pub(crate) fn of(text: &'a str) -> Self {
        let inner = text.strip_prefix(OPEN).and_then(|text| text.strip_suffix(CLOSE));
        match inner {
            Some(source) => Self::Source(source),
            None if text.starts_with(OPEN) || text.ends_with(CLOSE) => Self::HalfOpen,
            None => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Written;

    #[test]
    fn an_expression_begins_and_ends_with_its_delimiters() {
        for (text, written) in [
            ("{% 1 %}", Written::Source(" 1 ")),
            ("{%1%}", Written::Source("1")),
            ("{%%}", Written::Source("")),
            ("{%}", Written::HalfOpen),
            ("{% 1", Written::HalfOpen),
            ("1 %}", Written::HalfOpen),
            (" {% 1 %} ", Written::Text),
            ("a", Written::Text),
            ("", Written::Text),
        ] {
            assert_eq!(Written::of(text), written, "{text}");
        }
    }
}
