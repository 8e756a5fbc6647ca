//! XML as S3 and SNS speak it: bodies written by shape, answers read into a tree.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_json::Value;

use crate::instant;
use crate::model::{Kind, Service, Timestamp};

/// Answers are a few levels deep.
const DEPTH_MAX: usize = 64;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Without its prefix.
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.name == name)
    }

    pub(crate) fn children_named(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |it| it.name == name)
    }

    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|it| it.text.as_str())
    }
}

/// The document's root, or none where it is not XML.
pub(crate) fn parsed(text: &[u8]) -> Option<Element> {
    let mut reader = Reader::from_str(std::str::from_utf8(text).ok()?);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => open.last_mut()?.children.push(element(&start)?),
            Event::Text(text) => open.last_mut()?.text.push_str(&text),
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(entity) => open.last_mut()?.text.push_str(&resolved(&entity)?),
            Event::End(_) => {
                let closed = open.pop()?;
                open.last_mut()?.children.push(closed);
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        if open.len() > DEPTH_MAX {
            return None;
        }
    }
    open.pop().filter(|_| open.is_empty())?.children.pop()
}

fn element(start: &BytesStart<'_>) -> Option<Element> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        attributes.insert(
            attribute.key.as_ref().to_owned(),
            unescape(&attribute.value).ok()?.into_owned(),
        );
    }
    Some(Element { name, attributes, ..Element::default() })
}

fn resolved(entity: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = entity.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    resolve_predefined_entity(entity).map(str::to_owned)
}

/// A value of a shape, in an element with a namespace.
pub(crate) fn written(
    service: &Service,
    element: (&str, Option<&str>),
    shape: &str,
    value: &Value,
) -> String {
    let (name, namespace) = element;
    let namespace = namespace.map_or_else(String::new, |uri| format!(" xmlns=\"{uri}\""));
    let mut writer = Writer { service, out: String::new() };
    writer.value((name, &namespace), shape, value);
    writer.out
}

struct Writer<'a> {
    service: &'a Service,
    out: String,
}

impl Writer<'_> {
    /// `element`: its name, and attributes as they are to stand in its tag.
    fn value(&mut self, element: (&str, &str), name: &str, value: &Value) {
        let shape = self.service.shape(name);
        let (tag, attributes) = element;
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(_)) => {
                let attributes = format!("{attributes}{}", self.attributes(name, value));
                let _ = write!(self.out, "<{tag}{attributes}>");
                self.members(name, value);
                let _ = write!(self.out, "</{tag}>");
            }
            (Kind::List, Value::Array(items)) => {
                let Some(member) = &shape.member else { return };
                let inner = member.wire_name("member");
                let _ = write!(self.out, "<{tag}{attributes}>");
                for item in items {
                    self.value((inner, ""), &member.shape, item);
                }
                let _ = write!(self.out, "</{tag}>");
            }
            (Kind::Timestamp, value) => {
                let format = shape.timestamp.unwrap_or(Timestamp::Iso);
                let at = instant::read(value);
                let text = at.map(|at| instant::write(at, format)).unwrap_or_default();
                let _ = write!(self.out, "<{tag}{attributes}>{text}</{tag}>");
            }
            (_, Value::String(text)) => {
                let _ = write!(self.out, "<{tag}{attributes}>{}</{tag}>", escape(text));
            }
            (_, value) => {
                let _ = write!(self.out, "<{tag}{attributes}>{value}</{tag}>");
            }
        }
    }

    fn members(&mut self, structure: &str, value: &Value) {
        let shape = self.service.shape(structure);
        for (name, value) in value.as_object().into_iter().flatten() {
            let Some(member) = shape.members.get(name) else { continue };
            if member.location.is_some() || member.attribute {
                continue;
            }
            let inner = self.service.shape(&member.shape);
            let flat = member.flattened || inner.flattened;
            let (Value::Array(items), Some(item), true) = (value, &inner.member, flat) else {
                self.value((member.wire_name(name), ""), &member.shape, value);
                continue;
            };
            // Its items stand where it would.
            let tag = member.name.as_deref().or(item.name.as_deref()).unwrap_or(name);
            for value in items {
                self.value((tag, ""), &item.shape, value);
            }
        }
    }

    /// A structure's namespace, and members that are attributes.
    fn attributes(&self, structure: &str, value: &Value) -> String {
        let shape = self.service.shape(structure);
        let mut text = String::new();
        if let Some(namespace) = &shape.namespace {
            let prefix = namespace.prefix.as_deref().map(|it| format!(":{it}"));
            let _ = write!(text, " xmlns{}=\"{}\"", prefix.unwrap_or_default(), namespace.uri);
        }
        for (name, member) in shape.members.iter().filter(|(_, member)| member.attribute) {
            if let Some(Value::String(value)) = value.get(name) {
                let _ = write!(text, " {}=\"{}\"", member.wire_name(name), escape(value));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_read_into_a_tree() {
        let text = br#"<?xml version="1.0"?><a:R xmlns="u"><K>x &amp; &#228;</K><L i="1"/><L><![CDATA[<y>]]></L></a:R>"#;
        let root = parsed(text).unwrap();
        assert_eq!((root.name.as_str(), root.text_of("K")), ("R", Some("x & ä")));
        let texts: Vec<&str> = root.children_named("L").map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["", "<y>"]);
        for broken in ["", "no xml", "<a>", "<a></b>", &"<a>".repeat(100)] {
            assert_eq!(parsed(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn a_body_is_written_by_its_shape() {
        let s3 = Service::named("s3").unwrap();
        let value = json!({"Objects": [{"Key": "a<b"}, {"Key": "c"}], "Quiet": true});
        assert_eq!(
            written(s3, ("Delete", Some("u")), "Delete", &value),
            r#"<Delete xmlns="u"><Object><Key>a&lt;b</Key></Object><Object><Key>c</Key></Object><Quiet>true</Quiet></Delete>"#
        );
        let grant = json!({"Grantee": {"Type": "Group", "URI": "x"}, "Permission": "READ"});
        assert_eq!(
            written(s3, ("Grant", None), "Grant", &grant),
            "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"><URI>x</URI></Grantee><Permission>READ</Permission></Grant>"
        );
    }
}
