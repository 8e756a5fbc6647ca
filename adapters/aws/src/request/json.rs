//! JSON 1.0 and 1.1: one address, the operation in a header, the parameters in the body.

use serde_json::{Map, Number, Value};

use super::Request;
use crate::instant;
use crate::model::{Kind, Operation, Service, Timestamp};

pub(super) fn build(service: &Service, operation: &Operation, parameters: &Value) -> Request {
    let version = service.json.as_deref().unwrap_or("1.0");
    let target = service.target.as_deref().unwrap_or_default();
    let body = match &operation.input {
        Some(input) => document(service, input, parameters).to_string(),
        None => "{}".to_owned(),
    };
    Request {
        path: "/".to_owned(),
        headers: vec![
            ("content-type".to_owned(), format!("application/x-amz-json-{version}")),
            ("x-amz-target".to_owned(), format!("{target}.{}", operation.name)),
        ],
        body: body.into_bytes(),
        ..Request::default()
    }
}

/// A value under the names of the wire. Members that go elsewhere (into the path, a header) are left out.
pub(crate) fn document(service: &Service, shape: &str, value: &Value) -> Value {
    let shape = service.shape(shape);
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(fields)) => {
            let inside = |(name, value): (&String, &Value)| {
                let member = shape.members.get(name)?;
                let value = match (&service.shape(&member.shape).kind, member.timestamp) {
                    (Kind::Timestamp, Some(format)) => time(value, format),
                    _ => document(service, &member.shape, value),
                };
                let here = member.location.is_none();
                here.then(|| (member.wire_name(name).to_owned(), value))
            };
            Value::Object(fields.iter().filter_map(inside).collect::<Map<_, _>>())
        }
        (Kind::List, Value::Array(items)) => {
            let member = shape.member.as_ref().map_or("", |it| &it.shape);
            Value::Array(items.iter().map(|it| document(service, member, it)).collect())
        }
        (Kind::Map, Value::Object(entries)) => {
            let member = shape.value.as_ref().map_or("", |it| &it.shape);
            let inside =
                |(key, it): (&String, &Value)| (key.clone(), document(service, member, it));
            Value::Object(entries.iter().map(inside).collect())
        }
        (Kind::Timestamp, value) => time(value, shape.timestamp.unwrap_or(Timestamp::Unix)),
        (_, value) => value.clone(),
    }
}

fn time(value: &Value, format: Timestamp) -> Value {
    let Some(at) = instant::read(value) else { return value.clone() };
    let text = instant::write(at, format);
    match text.parse::<Number>() {
        Ok(number) if format == Timestamp::Unix => Value::Number(number),
        Ok(_) | Err(_) => Value::String(text),
    }
}
