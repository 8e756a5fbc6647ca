//! The rows: what the public model says that there is to be shown.

use std::fmt;

use serde_json::Value;

use crate::aws::client::MODEL;

/// What the rows of no operation in particular are under.
pub(crate) const ANY: &str = "Any operation";

/// AWS's errors that stand over all operations, as its page of common errors and its SDKs have them.
const ERRORS_OF_ANY: [&str; 13] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestEntityTooLargeException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    In,
    Out,
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) operation: String,
    pub(crate) side: Side,
    /// An error's name, or a member with those that it stands in: `tags[].key`.
    pub(crate) name: String,
}

impl Side {
    pub(crate) fn read(text: &str) -> Option<Self> {
        [Self::In, Self::Out, Self::Error].into_iter().find(|side| side.to_string() == text)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.operation, self.side, self.name)
    }
}

impl Row {
    pub(crate) fn error(operation: &str, name: &str) -> Self {
        Self { operation: operation.to_owned(), side: Side::Error, name: name.to_owned() }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let (operation, rest) = text.split_once(": ")?;
        let (side, name) = rest.split_once(' ')?;
        let (operation, name) = (operation.to_owned(), name.to_owned());
        Some(Self { operation, side: Side::read(side)?, name })
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = ERRORS_OF_ANY.iter().map(|name| Row::error(ANY, name)).collect();
    for (name, operation) in MODEL["operations"].as_object().expect("operations") {
        for (side, shape) in [(Side::In, "input"), (Side::Out, "output")] {
            let mut found = Vec::new();
            all_members(text(&operation[shape]), "", &mut found);
            rows.extend(found.into_iter().map(|member| row(name, side, member)));
        }
        let errors = operation["errors"].as_array().into_iter().flatten();
        rows.extend(errors.map(|error| Row::error(name, text(error))));
    }
    rows
}

/// The rows of those members that a request or an answer has.
pub(crate) fn rows_of(operation: &str, side: Side, value: &Value) -> Vec<Row> {
    let shape = match side {
        Side::In => "input",
        Side::Out | Side::Error => "output",
    };
    let mut found = Vec::new();
    given_members(text(&MODEL["operations"][operation][shape]), value, "", &mut found);
    found.into_iter().map(|member| row(operation, side, member)).collect()
}

fn row(operation: &str, side: Side, name: String) -> Row {
    Row { operation: operation.to_owned(), side, name }
}

fn all_members(shape: &str, at: &str, found: &mut Vec<String>) {
    let shape = &MODEL["shapes"][shape];
    for member in shape["members"].as_array().into_iter().flatten() {
        let at = below(at, text(&member["name"]));
        found.push(at.clone());
        all_members(text(&member["shape"]), &at, found);
    }
    if let Some(member) = shape["member"].as_str() {
        all_members(member, &format!("{at}[]"), found);
    }
    if let Some(value) = shape["value"].as_str() {
        all_members(value, &format!("{at}.*"), found);
    }
}

fn given_members(shape: &str, value: &Value, at: &str, found: &mut Vec<String>) {
    let shape = &MODEL["shapes"][shape];
    for member in shape["members"].as_array().into_iter().flatten() {
        let name = text(&member["name"]);
        let Some(value) = value.get(name).filter(|value| !value.is_null()) else { continue };
        let at = below(at, name);
        found.push(at.clone());
        given_members(text(&member["shape"]), value, &at, found);
    }
    if let Some(member) = shape["member"].as_str() {
        for item in value.as_array().into_iter().flatten() {
            given_members(member, item, &format!("{at}[]"), found);
        }
    }
    if let Some(of_each) = shape["value"].as_str() {
        for item in value.as_object().into_iter().flat_map(|map| map.values()) {
            given_members(of_each, item, &format!("{at}.*"), found);
        }
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("the table has a text here")
}
