//! A JSON payload: its text as it came, and its value, parsed at most once and only when somebody looks inside.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
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
        serde_json::from_str::<Walked>(&text).map_err(|error| PayloadError::of(&error))?;
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

/// Reads a JSON value as strictly as `Value` does, and keeps nothing. (`IgnoredAny` lets through what `Value`
/// refuses: any depth, and escapes that are no characters.)
struct Walked;

impl<'de> Deserialize<'de> for Walked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Walked {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }
    /// Numbers may come here too: `arbitrary_precision` hands them over as a map of their text.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self, A::Error> {
        while fields.next_entry::<Self, Self>()?.is_some() {}
        Ok(self)
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

#[cfg(test)]
mod tests {
    use super::{NESTING_MAX, Payload, PayloadError};

    #[test]
    fn what_is_accepted_has_a_value() {
        let deepest = format!("{}{}", "[".repeat(NESTING_MAX), "]".repeat(NESTING_MAX));
        for text in [
            "1.10",
            "12345678901234567890",
            "1e+999",
            r#"{"a":[null,true,"\u0000\ud83d\ude00"]}"#,
            &deepest,
        ] {
            let payload = Payload::parse(text).unwrap();
            assert_eq!(
                payload.value().to_string(),
                payload.text().replace("\\ud83d\\ude00", "😀"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_has_no_value_is_refused() {
        for text in
            ["", "{", "[1,]", "01", "1 2", "'a'", r#""\ud800""#, r#"{"\ud800x":1}"#, "\"\u{1}\""]
        {
            let error = Payload::parse(text).unwrap_err();
            assert!(matches!(error, PayloadError::Syntax { line: 1, .. }), "{text}: {error}");
        }
    }

    #[test]
    fn too_deep_a_nesting_is_named() {
        for depth in [NESTING_MAX + 1, 1_000, 1_000_000] {
            let error = Payload::parse("[".repeat(depth)).unwrap_err();
            assert_eq!(error, PayloadError::TooDeep { line: 1, column: NESTING_MAX + 1 });
        }
    }
}
