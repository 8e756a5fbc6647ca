//! From an operation's answer to the task's result: members with a capital, times as ISO 8601, bodies as text.

use serde_json::{Map, Number, Value};

use crate::instant;
use crate::model::{Kind, Location, Member, Operation, Protocol, Service, Shape};
use crate::name::capitalised;
use crate::xml::{self, Element};

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer that is not in the service's protocol.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unable to read the answer: it is no {0}")]
pub(crate) struct Unreadable(&'static str);

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) fn result(
    service: &Service,
    operation: &Operation,
    answer: &Answer,
) -> Result<Map<String, Value>, Unreadable> {
    let Some(output) = &operation.output else { return Ok(Map::new()) };
    let shape = service.shape(output);
    match service.protocol {
        Protocol::Json => Ok(fields(service, output, &json(answer)?)),
        Protocol::Query => {
            let root = xml::parsed(&answer.body).ok_or(Unreadable("XML"))?;
            let result = operation.wrapper.as_deref().and_then(|name| root.child(name));
            Ok(elements(service, shape, result.unwrap_or(&root)))
        }
        Protocol::RestJson | Protocol::RestXml => rest(service, output, answer),
    }
}

fn json(answer: &Answer) -> Result<Value, Unreadable> {
    if answer.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(&answer.body).map_err(|_| Unreadable("JSON"))
}

/// Members whose value is null are absent.
fn fields(service: &Service, structure: &str, value: &Value) -> Map<String, Value> {
    let shape = service.shape(structure);
    let inside = |(name, member): (&String, &Member)| {
        let value = value.get(member.wire_name(name)).filter(|it| !it.is_null())?;
        let here = member.location.is_none();
        here.then(|| (capitalised(name), of_json(service, &member.shape, value)))
    };
    shape.members.iter().filter_map(inside).collect()
}

fn of_json(service: &Service, name: &str, value: &Value) -> Value {
    let shape = service.shape(name);
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(_)) => Value::Object(fields(service, name, value)),
        (Kind::List, Value::Array(items)) => {
            let member = shape.member.as_ref().map_or("", |it| &it.shape);
            Value::Array(items.iter().map(|it| of_json(service, member, it)).collect())
        }
        (Kind::Map, Value::Object(entries)) => {
            let member = shape.value.as_ref().map_or("", |it| &it.shape);
            let inside = |(key, it): (&String, &Value)| (key.clone(), of_json(service, member, it));
            Value::Object(entries.iter().map(inside).collect())
        }
        (Kind::Timestamp, value) => instant::shown(value),
        (_, value) => value.clone(),
    }
}

fn elements(service: &Service, shape: &Shape, element: &Element) -> Map<String, Value> {
    let inside = |(name, member): (&String, &Member)| {
        if member.location.is_some() {
            return None;
        }
        if member.attribute {
            let value = element.attributes.get(member.wire_name(name))?;
            return Some((capitalised(name), Value::String(value.clone())));
        }
        let value = of_member(service, (name, member), element)?;
        Some((capitalised(name), value))
    };
    shape.members.iter().filter_map(inside).collect()
}

fn of_member(service: &Service, member: (&str, &Member), parent: &Element) -> Option<Value> {
    let (name, member) = member;
    let shape = service.shape(&member.shape);
    let flat = member.flattened || shape.flattened;
    match (shape.kind, &shape.member) {
        (Kind::List, Some(item)) if flat => {
            let tag = member.name.as_deref().or(item.name.as_deref()).unwrap_or(name);
            let mut items = parent.children_named(tag).peekable();
            items.peek()?;
            Some(Value::Array(items.map(|it| of_xml(service, &item.shape, it)).collect()))
        }
        _ => Some(of_xml(service, &member.shape, parent.child(member.wire_name(name))?)),
    }
}

fn of_xml(service: &Service, name: &str, element: &Element) -> Value {
    let shape = service.shape(name);
    match shape.kind {
        Kind::Structure => Value::Object(elements(service, shape, element)),
        Kind::List => {
            let Some(item) = &shape.member else { return Value::Null };
            let items = element.children_named(item.wire_name("member"));
            Value::Array(items.map(|it| of_xml(service, &item.shape, it)).collect())
        }
        Kind::Map => {
            let (Some(key), Some(value)) = (&shape.key, &shape.value) else { return Value::Null };
            let entry = |entry: &Element| {
                let name = entry.text_of(key.wire_name("key"))?.to_owned();
                let found = entry.child(value.wire_name("value"))?;
                Some((name, of_xml(service, &value.shape, found)))
            };
            Value::Object(element.children_named("entry").filter_map(entry).collect())
        }
        Kind::String
        | Kind::Character
        | Kind::Integer
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Boolean
        | Kind::Timestamp
        | Kind::Blob => scalar(shape, &element.text),
    }
}

/// A scalar that is written as text.
fn scalar(shape: &Shape, text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    match shape.kind {
        Kind::Boolean => Value::Bool(text == "true"),
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => {
            text.trim().parse::<Number>().map_or_else(|_| as_text(), Value::Number)
        }
        Kind::Timestamp => instant::shown(&as_text()),
        Kind::Structure | Kind::List | Kind::Map | Kind::String | Kind::Character | Kind::Blob => {
            as_text()
        }
    }
}

fn rest(
    service: &Service,
    output: &str,
    answer: &Answer,
) -> Result<Map<String, Value>, Unreadable> {
    let shape = service.shape(output);
    let mut result = Map::new();
    for (name, member) in &shape.members {
        let found = from_head(service, (member.wire_name(name), member), answer);
        result.extend(found.map(|value| (capitalised(name), value)));
    }
    let body = match &shape.payload {
        Some(payload) => payload_of(service, shape, payload, answer)?,
        None if answer.body.is_empty() => Map::new(),
        None if service.protocol == Protocol::RestJson => fields(service, output, &json(answer)?),
        None => {
            let root = xml::parsed(&answer.body).ok_or(Unreadable("XML"))?;
            elements(service, shape, &root)
        }
    };
    result.extend(body);
    Ok(result)
}

fn from_head(service: &Service, member: (&str, &Member), answer: &Answer) -> Option<Value> {
    let (name, member) = member;
    let shape = service.shape(&member.shape);
    match member.location? {
        Location::Header => answer.header(name).map(|text| scalar(shape, text)),
        // As the SDK has it: an empty object where there is none.
        Location::Headers => {
            let inside = |(header, value): &(String, String)| {
                let key = header.to_lowercase();
                let key = key.strip_prefix(&name.to_lowercase())?.to_owned();
                Some((key, Value::String(value.clone())))
            };
            Some(Value::Object(answer.headers.iter().filter_map(inside).collect()))
        }
        Location::StatusCode => Some(Value::Number(answer.status.into())),
        Location::Uri | Location::Query => None,
    }
}

fn payload_of(
    service: &Service,
    shape: &Shape,
    name: &str,
    answer: &Answer,
) -> Result<Map<String, Value>, Unreadable> {
    let Some(member) = shape.members.get(name) else { return Ok(Map::new()) };
    let inner = service.shape(&member.shape);
    let value = match (inner.kind, service.protocol) {
        (Kind::Structure, _) if answer.body.is_empty() => return Ok(Map::new()),
        (Kind::Structure, Protocol::RestXml) => {
            let root = xml::parsed(&answer.body).ok_or(Unreadable("XML"))?;
            Value::Object(elements(service, inner, &root))
        }
        (Kind::Structure, _) => Value::Object(fields(service, &member.shape, &json(answer)?)),
        _ => Value::String(answer.text()),
    };
    Ok(Map::from_iter([(capitalised(name), value)]))
}

#[cfg(test)]
mod tests;
