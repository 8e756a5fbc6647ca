//! A JSON payload: its text as it came and its value, each made at most once and only when somebody asks.

mod build;
mod elements;
mod inspect;
mod jackson;

pub(crate) use inspect::RESERVED;
pub use jackson::JacksonFault;

use std::sync::{Arc, OnceLock};

use serde_json::Value;

/// How deep arrays and objects may nest: `serde_json`'s own recursion limit, and far above any real payload.
pub const NESTING_MAX: usize = 127;

/// Shared and immutable: a clone costs a reference count.
#[derive(Debug, Clone)]
pub struct Payload(Arc<Inner>);

/// One of the two is there from the start.
#[derive(Debug, Default)]
struct Inner {
    text: OnceLock<Box<str>>,
    value: OnceLock<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    #[error("not valid JSON at line {line}, column {column}: {reason}")]
    Syntax { line: usize, column: usize, reason: String },
    #[error("nested deeper than {NESTING_MAX} levels at line {line}, column {column}")]
    TooDeep { line: usize, column: usize },
}

/// Why a caller's text is no payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerFault {
    /// As AWS tells it.
    pub told: String,
    /// With the place.
    pub error: PayloadError,
}

impl Payload {
    /// Checks that `text` is one JSON value that [`Self::value`] can build, and keeps it to the letter.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, PayloadError> {
        Self::checked(text.into()).map_err(|(error, _)| error)
    }

    /// The same for what a caller of AWS's API gives: with the words of AWS's reader for what is no JSON.
    pub fn parse_of_caller(text: impl Into<Box<str>>) -> Result<Self, CallerFault> {
        Self::checked(text.into()).map_err(|(error, text)| {
            let fault = match &error {
                PayloadError::Syntax { .. } => JacksonFault::of(&text),
                PayloadError::TooDeep { .. } => None,
            };
            let told = fault.map_or_else(|| error.to_string(), |fault| fault.message);
            CallerFault { told, error }
        })
    }

    fn checked(text: Box<str>) -> Result<Self, (PayloadError, Box<str>)> {
        // Building the value would cost its allocations for every payload that nobody looks into.
        let syntax = serde_json::from_str::<serde::de::IgnoredAny>(&text);
        let inspected = inspect::inspect(&text);
        match (syntax, inspected) {
            (_, Err(too_deep @ PayloadError::TooDeep { .. })) => Err((too_deep, text)),
            (Err(error), _) => Err((PayloadError::syntax(&error), text)),
            (Ok(_), Err(error)) => Err((error, text)),
            (Ok(_), Ok(())) => Ok(Self::trusted(text)),
        }
    }

    /// Text that has been checked before: it was read back from the store, or written by `serde_json`.
    pub fn trusted(text: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner { text: OnceLock::from(text.into()), ..Inner::default() }))
    }

    /// The text will be compact.
    pub fn from_value(value: Value) -> Self {
        Self(Arc::new(Inner { value: OnceLock::from(value), ..Inner::default() }))
    }

    pub fn text(&self) -> &str {
        self.0.text.get_or_init(|| {
            // `Value::to_string` writes the same through `fmt`, piece by piece.
            let text = serde_json::to_string(self.value());
            text.expect("every value has a text").into_boxed_str()
        })
    }

    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| {
            let text = self.0.text.get().expect("a payload without a value has a text");
            build::build(text)
        })
    }

    /// Of an array, each compact; `None`: it is none. Where only the text is there, no value is built.
    pub fn elements(&self) -> Option<Vec<Self>> {
        if let (None, Some(text)) = (self.0.value.get(), self.0.text.get()) {
            let elements = elements::split(text)?;
            return Some(elements.into_iter().map(Self::trusted).collect());
        }
        let elements = self.value().as_array()?;
        Some(elements.iter().cloned().map(Self::from_value).collect())
    }

    /// Whether both are the same text; the same allocation answers at once.
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.text() == other.text()
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl PayloadError {
    fn syntax(error: &serde_json::Error) -> Self {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        Self::Syntax { line: error.line(), column: error.column(), reason }
    }
}

#[cfg(test)]
mod tests;
