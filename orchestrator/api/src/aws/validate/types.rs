//! Whether each value of a request has its member's type, in the words of AWS's reader of JSON.

use serde_json::Value;

use crate::aws::model::{Kind, Shape, service};

const LIST: &str = "Start of list found where not expected";
const STRUCTURE: &str = "Start of structure or map found where not expected.";

pub(super) fn check(shape: &Shape, value: &Value) -> Result<(), String> {
    match (&shape.kind, value) {
        (_, Value::Null)
        | (Kind::String, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Integer | Kind::Long | Kind::Float | Kind::Timestamp, Value::Number(_)) => Ok(()),
        (Kind::Structure { members }, Value::Object(fields)) => {
            for member in members {
                if let Some(value) = fields.get(&member.name) {
                    check(service().shape(&member.shape), value)?;
                }
            }
            Ok(())
        }
        (Kind::List { member }, Value::Array(items)) => {
            let shape = service().shape(member);
            items.iter().try_for_each(|item| check(shape, item))
        }
        (Kind::Map { value: below }, Value::Object(entries)) => {
            let shape = service().shape(below);
            entries.values().try_for_each(|value| check(shape, value))
        }
        (_, Value::Array(_)) => Err(LIST.to_owned()),
        (_, Value::Object(_)) => Err(STRUCTURE.to_owned()),
        (Kind::List { .. }, _) => Err("Expected list or null".to_owned()),
        (Kind::Structure { .. } | Kind::Map { .. }, _) => Err("Expected null".to_owned()),
        (Kind::String, found) => Err(unconvertible(found, "a String")),
        (Kind::Boolean, found) => Err(unconvertible(found, "a Boolean")),
        (Kind::Integer, found) => Err(unconvertible(found, "an Integer")),
        (Kind::Long, found) => Err(unconvertible(found, "a Long")),
        (Kind::Float, found) => Err(unconvertible(found, "a Float")),
        (Kind::Timestamp, found) => Err(unconvertible(found, "a Timestamp")),
    }
}

fn unconvertible(found: &Value, to: &str) -> String {
    let found = match found {
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Null | Value::Array(_) | Value::Object(_) => "VALUE",
    };
    format!("{found} can not be converted to {to}")
}
