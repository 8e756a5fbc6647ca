//! What is known of the services: the tables of `models`, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// By the name that a task's resource has for it.
static SERVICES: LazyLock<BTreeMap<&str, Service>> = LazyLock::new(|| {
    let read = |(name, text): (&'static str, &str)| {
        (name, serde_json::from_str(text).expect("models/derive.py writes what is read here"))
    };
    TABLES.into_iter().map(read).collect()
});

const TABLES: [(&str, &str); 7] = [
    ("dynamodb", include_str!("../models/dynamodb.json")),
    ("eventbridge", include_str!("../models/eventbridge.json")),
    ("lambda", include_str!("../models/lambda.json")),
    ("s3", include_str!("../models/s3.json")),
    ("sfn", include_str!("../models/sfn.json")),
    ("sns", include_str!("../models/sns.json")),
    ("sqs", include_str!("../models/sqs.json")),
];

#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    pub(crate) protocol: Protocol,
    /// Of the API: a date.
    pub(crate) version: String,
    /// The host's first part at AWS.
    pub(crate) endpoint: String,
    /// The service in a signature's scope.
    pub(crate) signing: String,
    pub(crate) json: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) operations: BTreeMap<String, Operation>,
    /// From what an answer calls an error to its shape.
    pub(crate) errors: BTreeMap<String, String>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protocol {
    Json,
    Query,
    RestJson,
    RestXml,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) method: String,
    /// With `{Member}` and `{Member+}`, and perhaps a query.
    pub(crate) uri: String,
    pub(crate) input: Option<String>,
    pub(crate) output: Option<String>,
    /// The element round an XML answer.
    pub(crate) wrapper: Option<String>,
    /// The element of a body that is no payload member.
    pub(crate) element: Option<String>,
    pub(crate) namespace: Option<String>,
    /// Whether the body's checksum is sent.
    #[serde(default)]
    pub(crate) checksum: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(rename = "timestampFormat")]
    pub(crate) timestamp: Option<Timestamp>,
    /// The member that is the whole body.
    pub(crate) payload: Option<String>,
    #[serde(default)]
    pub(crate) members: BTreeMap<String, Member>,
    pub(crate) member: Option<Member>,
    pub(crate) key: Option<Member>,
    pub(crate) value: Option<Member>,
    #[serde(rename = "xmlNamespace")]
    pub(crate) namespace: Option<Namespace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Structure,
    List,
    Map,
    String,
    Character,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Timestamp {
    #[serde(rename = "unixTimestamp")]
    Unix,
    #[serde(rename = "iso8601")]
    Iso,
    #[serde(rename = "rfc822")]
    Rfc822,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) shape: String,
    pub(crate) location: Option<Location>,
    /// On the wire, where it differs.
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(rename = "timestampFormat")]
    pub(crate) timestamp: Option<Timestamp>,
    #[serde(default, rename = "xmlAttribute")]
    pub(crate) attribute: bool,
    #[serde(rename = "xmlNamespace")]
    pub(crate) namespace: Option<Namespace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Location {
    Uri,
    #[serde(rename = "querystring")]
    Query,
    Header,
    /// All headers with a prefix.
    Headers,
    StatusCode,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Namespace {
    pub(crate) uri: String,
    pub(crate) prefix: Option<String>,
}

impl Service {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SERVICES.get(name)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        SERVICES.keys().copied()
    }

    pub(crate) fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).expect("models/derive.py keeps every shape that it names")
    }
}

impl Member {
    pub(crate) fn wire_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_reads_and_holds_every_shape_that_it_names() {
        assert_eq!(Service::names().count(), TABLES.len());
        for service in SERVICES.values() {
            let operations = service.operations.values();
            let ends = operations.flat_map(|it| [&it.input, &it.output]).flatten();
            let inside = service.shapes.values().flat_map(|shape| {
                let parts = [&shape.member, &shape.key, &shape.value].into_iter().flatten();
                parts.chain(shape.members.values()).map(|member| &member.shape)
            });
            for name in ends.chain(inside) {
                assert!(service.shapes.contains_key(name), "{name}");
            }
        }
    }
}
