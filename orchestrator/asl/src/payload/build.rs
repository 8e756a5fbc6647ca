//! A value from text that is known to be well-formed.
//!
//! `serde_json` would give every exponent a sign (`1E400` becomes `1e+400`); here a number keeps its letters.

use serde_json::{Map, Number, Value};

/// What a missing piece means: the text was not checked when its payload was made.
const CHECKED: &str = "the text was checked when the payload was made";

/// The value of `text`. Panics if it isn't one JSON value: see [`super::Payload::parse`].
pub(super) fn build(text: &str) -> Value {
    let mut builder = Builder { text, at: 0 };
    let value = builder.value();
    assert!(builder.peek().is_none(), "{CHECKED}");
    value
}

struct Builder<'t> {
    text: &'t str,
    at: usize,
}

impl Builder<'_> {
    /// The next byte that isn't white space; it is not consumed.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Consumes the next byte if it is `expected`.
    fn take(&mut self, expected: u8) -> bool {
        let taken = self.peek() == Some(expected);
        self.at += usize::from(taken);
        taken
    }

    fn value(&mut self) -> Value {
        match self.peek().expect(CHECKED) {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => Value::String(self.string()),
            b't' => self.word(4, Value::Bool(true)),
            b'f' => self.word(5, Value::Bool(false)),
            b'n' => self.word(4, Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, length: usize, value: Value) -> Value {
        self.at += length;
        value
    }

    fn object(&mut self) -> Value {
        self.at += 1;
        let mut fields = Map::new();
        while !self.take(b'}') {
            self.take(b',');
            assert_eq!(self.peek(), Some(b'"'), "{CHECKED}");
            let name = self.string();
            assert!(self.take(b':'), "{CHECKED}");
            let value = self.value();
            fields.insert(name, value);
        }
        Value::Object(fields)
    }

    fn array(&mut self) -> Value {
        self.at += 1;
        let mut items = Vec::new();
        while !self.take(b']') {
            self.take(b',');
            items.push(self.value());
        }
        Value::Array(items)
    }

    fn number(&mut self) -> Value {
        let rest = &self.text[self.at..];
        let is_part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let length = rest.bytes().take_while(|&byte| is_part(byte)).count();
        assert!(length > 0, "{CHECKED}");
        self.at += length;
        // Hidden from `serde_json`'s documentation, but the only way past its normalising parser.
        Value::Number(Number::from_string_unchecked(rest[..length].to_owned()))
    }

    fn string(&mut self) -> String {
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        while bytes[self.at] != b'"' {
            let is_escape = bytes[self.at] == b'\\';
            escaped |= is_escape;
            self.at += 1 + usize::from(is_escape);
        }
        self.at += 1;
        if escaped {
            // With its quotes: the escapes of a string are `serde_json`'s to know.
            return serde_json::from_str(&self.text[start - 1..self.at]).expect(CHECKED);
        }
        self.text[start..self.at - 1].to_owned()
    }
}
