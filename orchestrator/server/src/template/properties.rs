//! The properties of one resource, each resolved and refused with its place.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Fault, Scope};

pub(super) struct Properties<'a> {
    scope: &'a Scope<'a>,
    written: Option<&'a Map<String, Value>>,
    /// Of the properties.
    pub(super) place: String,
}

impl<'a> Properties<'a> {
    /// Refuses a condition, and a property that is not `known`.
    pub(super) fn of(
        scope: &'a Scope<'a>,
        id: &str,
        resource: &'a Value,
        known: &[&str],
    ) -> Result<Self, Fault> {
        if resource.get("Condition").is_some() {
            let why = format!("conditions are not supported; leave it out with --skip {id}");
            return Err(Fault::new(&format!("Resources.{id}.Condition"), why));
        }
        let written = resource.get("Properties").and_then(Value::as_object);
        let properties = Self { scope, written, place: format!("Resources.{id}.Properties") };
        let names = written.into_iter().flat_map(Map::keys);
        match names.map(String::as_str).find(|name| !known.contains(name)) {
            None => Ok(properties),
            Some(name @ "DefinitionS3Location") => {
                let why = "a definition in S3 is not read; put it into the template";
                Err(properties.fault(name, why))
            }
            Some(name) => Err(properties.fault(name, "the property is not known")),
        }
    }

    pub(super) fn fault(&self, name: &str, why: impl Into<String>) -> Fault {
        Fault::new(&format!("{}.{name}", self.place), why)
    }

    /// As it stands in the template.
    pub(super) fn written(&self, name: &str) -> Option<&'a Value> {
        self.written?.get(name)
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Value>, Fault> {
        match self.written(name) {
            Some(value) => self.scope.resolve(value, &format!("{}.{name}", self.place)),
            None => Ok(None),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        match self.get(name)? {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.fault(name, "it must come to a text")),
            None => Ok(None),
        }
    }

    /// JSON as AWS's API writes it.
    pub(super) fn configuration(&self, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.get(name)?.map(|value| uncapitalised(&value).to_string()))
    }

    pub(super) fn tags(&self) -> Result<Option<BTreeMap<String, String>>, Fault> {
        let Some(value) = self.get("Tags")? else { return Ok(None) };
        let tag = |it: &Value| {
            let key = it.get("Key")?.as_str()?.to_owned();
            Some((key, it.get("Value")?.as_str()?.to_owned()))
        };
        let tags = value.as_array().and_then(|tags| tags.iter().map(tag).collect());
        tags.map(Some).ok_or_else(|| self.fault("Tags", "a list of {Key, Value} is wanted"))
    }
}

/// CloudFormation writes members with a capital, the API without.
pub(crate) fn uncapitalised(value: &Value) -> Value {
    let small = |name: &str| {
        let mut letters = name.chars();
        let first = letters.next().map(|it| it.to_ascii_lowercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (small(name), uncapitalised(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(uncapitalised).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
