//! JSONata expressions in strings: their delimiters. (What is between them is read by the `jsonata` floor.)

use super::source::{Json, Node};
use super::{Field, Place};
use crate::diagnostic::Fault;

const OPEN: &str = "{%";
const CLOSE: &str = "%}";

/// Every string of a JSONata value that has one delimiter must have both.
pub(crate) fn check(field: &Field<'_>) {
    visit(field, field.node, &field.place.pointer);
}

fn visit(field: &Field<'_>, node: &Node, pointer: &str) {
    match &node.json {
        Json::String(text) => {
            if text.starts_with(OPEN) != text.ends_with(CLOSE) {
                let place = Place { pointer: pointer.to_owned(), at: node.at };
                field.check.report(&place, Fault::ExpressionDelimiters);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(field, item, &format!("{pointer}[{index}]"));
            }
        }
        Json::Object(members) => {
            for member in members {
                visit(field, &member.value, &format!("{pointer}/{}", member.name));
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
