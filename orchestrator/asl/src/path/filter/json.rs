//! JSON as a filter's author writes it: strings in either quotes, or in none.

use serde_json::{Map, Number, Value};

use crate::number::Decimal;
use crate::path::characters::unescape;

/// Literals nest no deeper: the parser recurses.
const NESTING_MAX: usize = 16;

/// The value of a literal; `None` if it can't be read.
pub(in crate::path) fn read_json(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(NESTING_MAX)?;
    reader.peek().is_none().then_some(value)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&mut self) -> Option<char> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn take(&mut self, expected: char) -> bool {
        let taken = self.peek() == Some(expected);
        self.at += if taken { expected.len_utf8() } else { 0 };
        taken
    }

    fn value(&mut self, levels: usize) -> Option<Value> {
        match self.peek()? {
            '[' => self.array(levels.checked_sub(1)?),
            '{' => self.object(levels.checked_sub(1)?),
            '\'' | '"' => self.quoted().map(Value::String),
            _ => self.bare().map(word),
        }
    }

    fn array(&mut self, levels: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.take(']') {
            items.push(self.value(levels)?);
            if !self.take(',') && self.peek()? != ']' {
                return None;
            }
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, levels: usize) -> Option<Value> {
        self.at += 1;
        let mut fields = Map::new();
        while !self.take('}') {
            let name = match self.peek()? {
                '\'' | '"' => self.quoted()?,
                _ => self.bare()?.to_owned(),
            };
            if !self.take(':') {
                return None;
            }
            fields.insert(name, self.value(levels)?);
            if !self.take(',') && self.peek()? != '}' {
                return None;
            }
        }
        Some(Value::Object(fields))
    }

    fn quoted(&mut self) -> Option<String> {
        let quote = self.rest().chars().next()?;
        let start = self.at + 1;
        let mut escaped = false;
        let length = self.text[start..].find(|character| {
            let closes = !escaped && character == quote;
            escaped = !escaped && character == '\\';
            closes
        })?;
        self.at = start + length + 1;
        Some(unescape(&self.text[start..start + length]))
    }

    fn bare(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let length = rest.find([',', ':', ']', '}', '[', '{']).unwrap_or(rest.len());
        self.at += length;
        Some(rest[..length].trim()).filter(|word| !word.is_empty())
    }
}

fn word(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        _ if Decimal::parse(text).is_some() => {
            Value::Number(Number::from_string_unchecked(text.to_owned()))
        }
        _ => Value::String(text.to_owned()),
    }
}
