//! JSON text as a tree that knows where each value and each field name stands.
//!
//! `serde_json` decides whether the text is JSON; the scan here only keeps what `Value` drops: places and
//! repeated field names.

use serde_json::{Map, Number, Value};

use crate::payload::{Payload, PayloadError};

/// A value and the byte at which it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: usize,
    pub(crate) json: Json,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A field of an object: in document order, repeated names included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// Where the name begins.
    pub(crate) at: usize,
    pub(crate) name: String,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn parse(text: &str) -> Result<Self, PayloadError> {
        Payload::parse(text)?;
        Ok(Scan { text, at: 0 }.value())
    }

    pub(crate) fn object(&self) -> Option<&[Member]> {
        match &self.json {
            Json::Object(members) => Some(members),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Node]> {
        match &self.json {
            Json::Array(items) => Some(items),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                None
            }
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.json {
            Json::String(text) => Some(text),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.json == Json::Null
    }

    /// Without places; of fields with the same name the last one counts.
    pub(crate) fn to_value(&self) -> Value {
        match &self.json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(number) => Value::Number(number.clone()),
            Json::String(text) => Value::String(text.clone()),
            Json::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Json::Object(members) => {
                let fields =
                    members.iter().map(|member| (member.name.clone(), member.value.to_value()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }
}

pub(crate) fn member<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.name == name)
}

/// 1-based line and column, the column in characters.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Over text that is known to be JSON, no deeper than `NESTING_MAX`: whatever comes next may be taken for granted.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn value(&mut self) -> Node {
        self.skip_blanks();
        let at = self.at;
        let json = match self.peek() {
            b'{' => Json::Object(self.members()),
            b'[' => Json::Array(self.items()),
            b'"' => Json::String(self.string()),
            _ => self.word(),
        };
        Node { at, json }
    }

    fn members(&mut self) -> Vec<Member> {
        let mut members = Vec::new();
        while self.enters(b'}') {
            let at = self.at;
            let name = self.string();
            self.skip_blanks();
            self.at += 1; // the colon
            members.push(Member { at, name, value: self.value() });
        }
        members
    }

    fn items(&mut self) -> Vec<Node> {
        let mut items = Vec::new();
        while self.enters(b']') {
            items.push(self.value());
        }
        items
    }

    /// Past the opening bracket or a comma; `false` past the closing bracket.
    fn enters(&mut self, close: u8) -> bool {
        self.skip_blanks();
        let closed = self.peek() == close;
        self.at += 1;
        self.skip_blanks();
        if !closed && self.peek() == close {
            self.at += 1;
            return false;
        }
        !closed
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(&self.text[start..self.at]).expect("the whole text was checked before")
    }

    /// `null`, `true`, `false` or a number.
    fn word(&mut self) -> Json {
        let rest = &self.text[self.at..];
        let length = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        self.at += length;
        match &rest[..length] {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            // Not parsed: that would change the letters of an exponent.
            number => Json::Number(Number::from_string_unchecked(number.to_owned())),
        }
    }

    fn peek(&self) -> u8 {
        self.text.as_bytes()[self.at]
    }

    fn skip_blanks(&mut self) {
        let blanks = self.text.as_bytes()[self.at..].iter();
        self.at += blanks.take_while(|byte| byte.is_ascii_whitespace()).count();
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, line_and_column, member};
    use crate::payload::Payload;

    #[test]
    fn a_tree_holds_the_same_value_as_its_text() {
        for text in [
            "null",
            "[]",
            "{}",
            " [ ] ",
            "{ }",
            r#"[1, -2.50e3, "a\"\\b", true, false, null]"#,
            r#"{"a": {"b": [ {"c":"\u00e9"} , [] ]}, "": 12345678901234567890123 }"#,
            "\t{\r\n\"x\" : [\n1\n,\n2\n] }\n",
        ] {
            let payload = Payload::parse(text).unwrap();
            assert_eq!(Node::parse(text).unwrap().to_value(), *payload.value(), "{text}");
        }
    }

    #[test]
    fn a_field_is_found_at_its_line_and_character() {
        let text = "{\n  \"é\": 1, \"b\": [2,\n 3]}";
        let node = Node::parse(text).unwrap();
        let b = member(node.object().unwrap(), "b").unwrap();
        assert_eq!(line_and_column(text, b.at), (2, 11));
        assert_eq!(line_and_column(text, b.value.array().unwrap()[1].at), (3, 2));
    }

    #[test]
    fn repeated_names_are_kept() {
        let node = Node::parse(r#"{"a":1,"a":2}"#).unwrap();
        assert_eq!(node.object().unwrap().len(), 2);
    }
}
