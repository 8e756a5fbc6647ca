//! A JSON payload: its text as it came, and its value, parsed at most once and only when somebody looks inside.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

/// How deep arrays and objects may nest: `serde_json`'s own recursion limit, and far above any real payload.
pub const NESTING_MAX: usize = 127;

/// Shared and immutable: a clone costs a reference count.
#[derive(Debug, Clone)]
pub struct Payload(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: Box<str>,
    value: OnceLock<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    #[error("not valid JSON at line {line}, column {column}: {reason}")]
    Syntax { line: usize, column: usize, reason: String },
    #[error("nested deeper than {NESTING_MAX} levels at line {line}, column {column}")]
    TooDeep { line: usize, column: usize },
}

impl Payload {
    /// Checks that `text` is one JSON value and keeps it to the letter.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, PayloadError> {
        let text = text.into();
        // Keeping the value would cost its allocation for every payload that nobody looks into.
        serde_json::from_str::<serde::de::IgnoredAny>(&text)
            .map_err(|error| PayloadError::of(&error))?;
        Ok(Self(Arc::new(Inner { text, value: OnceLock::new() })))
    }

    /// Text that has been checked before: it was read back from the store, or written by `serde_json`.
    pub fn trusted(text: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner { text: text.into(), value: OnceLock::new() }))
    }

    /// Compact text of `value`.
    pub fn from_value(value: Value) -> Self {
        let text = value.to_string().into_boxed_str();
        Self(Arc::new(Inner { text, value: OnceLock::from(value) }))
    }

    pub fn text(&self) -> &str {
        &self.0.text
    }

    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| {
            serde_json::from_str(&self.0.text)
                .expect("the text was checked when the payload was made")
        })
    }

    /// Whether both are the same text; the same allocation answers at once.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl PayloadError {
    fn of(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let reason = error.to_string();
        if reason.starts_with("recursion limit exceeded") {
            return Self::TooDeep { line, column };
        }
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        Self::Syntax { line, column, reason }
    }
}
