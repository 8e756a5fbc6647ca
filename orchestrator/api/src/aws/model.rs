//! What the public model of Step Functions says of every request and answer, as `model/derive.py` took it from botocore.
//!
//! The table is the one place that knows fields, their types and their bounds; nothing is typed twice.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    serde_json::from_str(include_str!("model/service.json"))
        .expect("the table is part of the build")
});

#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    pub(crate) operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) input: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Shape {
    #[serde(flatten)]
    pub(crate) kind: Kind,
    /// Of a text or a list: its length; of a number: the number.
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    /// `max` counts bytes.
    #[serde(default)]
    pub(crate) bytes: bool,
    pub(crate) pattern: Option<String>,
    #[serde(rename = "enum", default)]
    pub(crate) values: Vec<String>,
    /// Not to be repeated in an error.
    #[serde(default)]
    pub(crate) sensitive: bool,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Kind {
    Structure {
        members: Vec<Member>,
    },
    List {
        member: String,
    },
    /// Keys are texts.
    Map {
        value: String,
    },
    String,
    Integer,
    Long,
    Float,
    Boolean,
    Timestamp,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) shape: String,
    #[serde(default)]
    pub(crate) required: bool,
}

pub(crate) fn service() -> &'static Service {
    &SERVICE
}

impl Service {
    pub(crate) fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).unwrap_or_else(|| panic!("the table names no shape {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_leads_to_shapes_that_are_there() {
        assert_eq!(service().operations.len(), 37);
        let names = service().operations.values().map(|operation| &operation.input);
        let below = service().shapes.values().flat_map(|shape| match &shape.kind {
            Kind::Structure { members } => members.iter().map(|member| &member.shape).collect(),
            Kind::List { member: below } | Kind::Map { value: below } => vec![below],
            Kind::String
            | Kind::Integer
            | Kind::Long
            | Kind::Float
            | Kind::Boolean
            | Kind::Timestamp => Vec::new(),
        });
        for name in names.chain(below) {
            assert!(service().shapes.contains_key(name), "{name}");
        }
    }
}
