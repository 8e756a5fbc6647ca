//! REST with JSON or XML: parameters in the path, the query, headers and the body, as the model says of each.

use serde_json::{Map, Value};

use super::{Missing, Request, document, encoded, text};
use crate::instant;
use crate::model::{Kind, Location, Member, Operation, Protocol, Service, Shape, Timestamp};
use crate::xml;

pub(super) fn build(
    service: &Service,
    operation: &Operation,
    parameters: &Value,
) -> Result<Request, Missing> {
    let none = Map::new();
    let fields = parameters.as_object().unwrap_or(&none);
    let input = operation.input.as_deref().map(|name| (name, service.shape(name)));
    let mut request = Request::default();
    let members = input.iter().flat_map(|(_, shape)| &shape.members);
    for (name, member) in members {
        let Some(value) = fields.get(name) else { continue };
        bind(&mut request, service, (member.wire_name(name), member), value);
    }
    let (path, query) = operation.uri.split_once('?').unwrap_or((&operation.uri, ""));
    request.path = filled(path, input.map(|(_, shape)| shape), fields)?;
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.query.insert(0, (name.to_owned(), value.to_owned()));
    }
    if let Some((name, shape)) = input {
        body(&mut request, service, operation, (name, shape, fields));
    }
    Ok(request)
}

fn bind(request: &mut Request, service: &Service, member: (&str, &Member), value: &Value) {
    let (name, member) = member;
    match member.location {
        Some(Location::Query) => {
            if let Value::Array(items) = value {
                return request.query.extend(items.iter().map(|it| (name.to_owned(), text(it))));
            }
            if let Value::Object(entries) = value {
                return request
                    .query
                    .extend(entries.iter().map(|(key, it)| (key.clone(), text(it))));
            }
            let value = written(service, member, value, Timestamp::Iso);
            request.query.push((name.to_owned(), value));
        }
        Some(Location::Header) => {
            let value = written(service, member, value, Timestamp::Rfc822);
            request.headers.push((name.to_lowercase(), value));
        }
        Some(Location::Headers) => {
            let entries = value.as_object().into_iter().flatten();
            let headers =
                entries.map(|(key, it)| (format!("{name}{key}").to_lowercase(), text(it)));
            request.headers.extend(headers);
        }
        Some(Location::Uri | Location::StatusCode) | None => {}
    }
}

/// A scalar, or a list of scalars, outside a body.
fn written(service: &Service, member: &Member, value: &Value, format: Timestamp) -> String {
    let shape = service.shape(&member.shape);
    match (shape.kind, value) {
        (Kind::Timestamp, value) => {
            let format = member.timestamp.or(shape.timestamp).unwrap_or(format);
            instant::read(value).map_or_else(|| text(value), |at| instant::write(at, format))
        }
        (_, Value::Array(items)) => items.iter().map(text).collect::<Vec<_>>().join(","),
        (_, value) => text(value),
    }
}

/// `{Name}` is one step of the path, `{Name+}` all the rest.
fn filled(
    template: &str,
    shape: Option<&Shape>,
    fields: &Map<String, Value>,
) -> Result<String, Missing> {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (label, after) = after.split_once('}').unwrap_or((after, ""));
        let name = label.trim_end_matches('+');
        let members = shape.into_iter().flat_map(|shape| &shape.members);
        let mut found = members.filter(|(member, it)| {
            it.location == Some(Location::Uri) && it.wire_name(member) == name
        });
        let member = found.next().map_or(name, |(member, _)| member);
        let value = fields.get(member).map(text).filter(|it| !it.is_empty());
        let value = value.ok_or_else(|| Missing(member.to_owned()))?;
        let greedy = label.ends_with('+');
        let steps: Vec<String> =
            if greedy { value.split('/').map(encoded).collect() } else { vec![encoded(&value)] };
        path.push_str(before);
        path.push_str(&steps.join("/"));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

type Input<'a> = (&'a str, &'a Shape, &'a Map<String, Value>);

fn body(request: &mut Request, service: &Service, operation: &Operation, input: Input<'_>) {
    let (name, shape, fields) = input;
    if let Some(payload) = &shape.payload {
        let member = shape.members.get(payload);
        if let (Some(member), Some(value)) = (member, fields.get(payload)) {
            whole(request, service, (member.wire_name(payload), member), value);
        }
        return;
    }
    let inside = |(name, _): &(&String, &Value)| {
        shape.members.get(*name).is_some_and(|member| member.location.is_none())
    };
    let any = fields.iter().any(|field| inside(&field));
    let takes_some = shape.members.values().any(|member| member.location.is_none());
    let whole = Value::Object(fields.clone());
    match service.protocol {
        Protocol::RestXml if any => {
            let element = operation.element.as_deref().unwrap_or(name);
            let namespace = operation.namespace.as_deref();
            request.body = xml::written(service, (element, namespace), name, &whole).into_bytes();
            kind(request, "application/xml");
        }
        Protocol::RestJson if takes_some => {
            request.body = document(service, name, &whole).to_string().into_bytes();
            kind(request, "application/json");
        }
        Protocol::Json | Protocol::Query | Protocol::RestJson | Protocol::RestXml => {}
    }
}

/// A member that is the whole body.
fn whole(request: &mut Request, service: &Service, member: (&str, &Member), value: &Value) {
    let (name, member) = member;
    if service.shape(&member.shape).kind != Kind::Structure {
        request.body = text(value).into_bytes();
        return;
    }
    if service.protocol == Protocol::RestXml {
        let namespace = member.namespace.as_ref().map(|it| it.uri.as_str());
        let text = xml::written(service, (name, namespace), &member.shape, value);
        request.body = text.into_bytes();
        return kind(request, "application/xml");
    }
    request.body = document(service, &member.shape, value).to_string().into_bytes();
    kind(request, "application/json");
}

fn kind(request: &mut Request, kind: &str) {
    if !request.headers.iter().any(|(name, _)| name == "content-type") {
        request.headers.push(("content-type".to_owned(), kind.to_owned()));
    }
}
