//! Payload templates within a definition: the faults that compiling one finds, at the lines where they stand.

use std::collections::BTreeSet;

use super::source::{Json, Member, Node};
use super::{Check, Field, Place};
use crate::diagnostic::Fault;
use crate::template::Template;

pub(super) fn read(field: &Field<'_>) -> Option<Template> {
    let value = field.value();
    warn_of_paths(field.check, field.node, &field.place.pointer);
    report_twins(field.check, field.node, &field.place.pointer);
    match Template::parse(&value) {
        Ok(template) => {
            template.visit_variables(&mut |pointer, name| {
                let found = resolve(field, pointer);
                let place = Place { pointer: found.holder, at: found.at };
                field.check.variables.reads(&place, name);
            });
            Some(template)
        }
        Err(faults) => {
            for fault in faults {
                let found = resolve(field, &fault.pointer);
                let place = Place { pointer: found.holder, at: found.at };
                let fault = Fault::Template { message: fault.message, reason: fault.reason };
                field.check.report(&place, fault);
            }
            None
        }
    }
}

struct Found<'a> {
    value: &'a Node,
    /// The object that holds the field: AWS points there.
    holder: String,
    at: usize,
}

/// Follows a JSON pointer from the template's root.
fn resolve<'a>(field: &Field<'a>, pointer: &str) -> Found<'a> {
    let whole = field.place.pointer.clone();
    let mut found = Found { value: field.node, holder: whole.clone(), at: field.place.at };
    let mut here = whole;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        found.holder.clone_from(&here);
        match &found.value.json {
            Json::Object(members) => {
                // The last one: it is the one that counts.
                let Some(member) = members.iter().rfind(|member| member.name == step) else {
                    break;
                };
                (found.value, found.at) = (&member.value, member.at);
                here = format!("{here}/{step}");
            }
            Json::Array(items) => {
                let Some(item) = step.parse().ok().and_then(|index: usize| items.get(index)) else {
                    break;
                };
                (found.value, found.at) = (item, item.at);
                here = format!("{here}[{step}]");
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => break,
        }
    }
    found
}

/// `"name"` beside `"name.$"`: both would be the field `name`.
fn report_twins(check: &Check, node: &Node, pointer: &str) {
    visit_objects(node, pointer, &mut |members, holder| {
        let plain: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
        for member in members {
            let name = member.name.strip_suffix(".$").filter(|name| plain.contains(name));
            if let Some(name) = name {
                let place = Place { pointer: format!("{holder}/{}", member.name), at: member.at };
                check.report(&place, Fault::RepeatedField { field: name.to_owned() });
            }
        }
    });
}

/// A field whose value looks like a path, but whose name does not say that it is one.
fn warn_of_paths(check: &Check, node: &Node, pointer: &str) {
    visit_fields(node, pointer, &mut |member, holder| {
        let looks_like_path = member.value.text().is_some_and(|text| {
            text.starts_with("$.") || text.starts_with("$$.") || text.starts_with("States.")
        });
        if looks_like_path && !member.name.ends_with(".$") {
            let place = Place { pointer: holder.to_owned(), at: member.at };
            check.report(&place, Fault::NoDollar { field: member.name.clone() });
        }
    });
}

/// A Pass's `Result` is taken as it stands: a field that asks to be computed is not.
pub(crate) fn warn_of_static_result(field: &Field<'_>) {
    visit_fields(field.node, &field.place.pointer, &mut |member, holder| {
        if member.name.ends_with(".$") {
            let place = Place { pointer: holder.to_owned(), at: member.at };
            field.check.report(&place, Fault::StaticResult { field: member.name.clone() });
        }
    });
}

pub(super) fn report_repeated_fields(check: &Check, node: &Node, pointer: &str) {
    let mut seen: BTreeSet<(String, &str)> = BTreeSet::new();
    visit_fields(node, pointer, &mut |member, holder| {
        let field = (holder.to_owned(), member.name.as_str());
        if !seen.insert(field) {
            let place = Place { pointer: format!("{holder}/{}", member.name), at: member.at };
            check.report(&place, Fault::RepeatedField { field: member.name.clone() });
        }
    });
}

/// Calls `visit` for every field at every depth, with the pointer of the object that holds it.
fn visit_fields<'a>(node: &'a Node, pointer: &str, visit: &mut impl FnMut(&'a Member, &str)) {
    visit_objects(node, pointer, &mut |members, holder| {
        for member in members {
            visit(member, holder);
        }
    });
}

fn visit_objects<'a>(node: &'a Node, pointer: &str, visit: &mut impl FnMut(&'a [Member], &str)) {
    match &node.json {
        Json::Object(members) => {
            visit(members, pointer);
            for member in members {
                visit_objects(&member.value, &format!("{pointer}/{}", member.name), visit);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit_objects(item, &format!("{pointer}[{index}]"), visit);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
