//! AWS's query protocol: a form with one field per leaf, its path in the field's name.

use serde_json::Value;

use super::{Request, encoded, text};
use crate::instant;
use crate::model::{Kind, Operation, Service, Timestamp};

pub(super) fn build(service: &Service, operation: &Operation, parameters: &Value) -> Request {
    let mut form = Form { service, fields: Vec::new() };
    form.field("Action", operation.name.clone());
    form.field("Version", service.version.clone());
    if let Some(input) = &operation.input {
        form.value("", input, parameters);
    }
    let pairs = form.fields.iter();
    let body: Vec<String> =
        pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    Request {
        path: "/".to_owned(),
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: body.join("&").into_bytes(),
        ..Request::default()
    }
}

struct Form<'a> {
    service: &'a Service,
    fields: Vec<(String, String)>,
}

impl Form<'_> {
    fn field(&mut self, name: &str, value: String) {
        self.fields.push((name.to_owned(), value));
    }

    fn value(&mut self, path: &str, shape: &str, value: &Value) {
        let shape = self.service.shape(shape);
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(fields)) => {
                let known = fields.iter().filter_map(|(name, value)| {
                    shape.members.get(name).map(|member| (name, member, value))
                });
                for (name, member, value) in known {
                    self.value(&below(path, member.wire_name(name)), &member.shape, value);
                }
            }
            (Kind::List, Value::Array(items)) => {
                let Some(member) = &shape.member else { return };
                let item = if shape.flattened { None } else { Some(member.wire_name("member")) };
                let path = item.map_or_else(|| path.to_owned(), |name| below(path, name));
                if items.is_empty() {
                    // An empty list is said by an empty field.
                    self.field(&path, String::new());
                }
                for (index, item) in items.iter().enumerate() {
                    self.value(&below(&path, &(index + 1).to_string()), &member.shape, item);
                }
            }
            (Kind::Map, Value::Object(entries)) => {
                let (Some(key), Some(member)) = (&shape.key, &shape.value) else { return };
                let path = if shape.flattened { path.to_owned() } else { below(path, "entry") };
                for (index, (name, value)) in entries.iter().enumerate() {
                    let entry = below(&path, &(index + 1).to_string());
                    self.field(&below(&entry, key.wire_name("key")), name.clone());
                    let place = below(&entry, member.wire_name("value"));
                    self.value(&place, &member.shape, value);
                }
            }
            (Kind::Timestamp, value) => {
                let format = shape.timestamp.unwrap_or(Timestamp::Iso);
                let at = instant::read(value);
                self.field(path, at.map_or_else(|| text(value), |at| instant::write(at, format)));
            }
            (_, value) => self.field(path, text(value)),
        }
    }
}

fn below(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
}
