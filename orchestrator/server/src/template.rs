//! A CloudFormation template, as far as it concerns state machines: read, resolved, and what it would have deployed.

mod activity;
mod alias;
mod contents;
mod machine;
mod properties;
mod resolve;
mod version;
mod yaml;

use serde_json::{Map, Value};

pub(crate) use activity::Activity;
pub(crate) use alias::{Alias, Target};
pub(crate) use contents::Contents;
pub(crate) use machine::Machine;
pub(crate) use properties::uncapitalised;
pub(crate) use resolve::{Given, Scope};
pub(crate) use version::Version;

#[derive(Debug)]
pub(crate) struct Template {
    parameters: Map<String, Value>,
    resources: Map<String, Value>,
}

/// What keeps a template from being deployed, by its place in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub(crate) struct Fault {
    pub(crate) place: String,
    pub(crate) why: String,
}

impl Fault {
    pub(crate) fn new(place: &str, why: impl Into<String>) -> Self {
        Self { place: place.to_owned(), why: why.into() }
    }
}

impl Template {
    /// JSON, or YAML with CloudFormation's short tags.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| Fault::new("template", error.to_string()))?
        } else {
            yaml::parse(text).map_err(|why| Fault::new("template", why))?
        };
        let Value::Object(mut sections) = value else {
            return Err(Fault::new("template", "it is no object"));
        };
        if sections.contains_key("Transform") {
            return Err(Fault::new(
                "Transform",
                "transforms run at AWS alone; give what they make",
            ));
        }
        let mut section = |name: &str| match sections.shift_remove(name) {
            None => Ok(Map::new()),
            Some(Value::Object(section)) => Ok(section),
            Some(_) => Err(Fault::new(name, "it is no object")),
        };
        Ok(Self { parameters: section("Parameters")?, resources: section("Resources")? })
    }

    pub(crate) fn resource(&self, id: &str) -> Option<&Value> {
        self.resources.get(id)
    }
}

/// A resource's type.
fn kind(resource: &Value) -> &str {
    resource.get("Type").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
