//! An answer, member by member: what is absent is left out, as AWS does.

use prost_types::Timestamp;
use serde_json::{Map, Number, Value};

#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn of(members: Map<String, Value>) -> Self {
        Self(members)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Left out where it is empty, as `everstep/v1` writes what is absent.
    pub(super) fn with_text(self, name: &str, text: String) -> Self {
        let text = Some(text).filter(|text| !text.is_empty());
        self.with_some(name, text)
    }

    pub(super) fn with_time(self, name: &str, at: Option<&Timestamp>) -> Self {
        self.with_some(name, at.map(epoch_seconds))
    }

    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        fields.done()
    }
}

/// Seconds since 1970 as a number, with milliseconds after its point.
pub(super) fn epoch_seconds(at: &Timestamp) -> Value {
    let text = format!("{}.{:03}", at.seconds, at.nanos / 1_000_000);
    Value::Number(text.parse::<Number>().expect("digits, a point, digits"))
}
