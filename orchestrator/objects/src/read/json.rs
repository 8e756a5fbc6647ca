//! One JSON document that holds an array, read as it streams by: no more than one element is in memory.

use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::ReadError;
use super::sink::Sink;

pub(super) fn read(
    reader: impl BufRead,
    name: &str,
    pointer: Option<&str>,
    sink: &mut Sink,
) -> Result<(), ReadError> {
    let steps: Vec<String> = pointer.unwrap_or_default().split('/').skip(1).map(step).collect();
    let mut found = Found::Nothing;
    let seed = Node { steps: &steps, sink, found: &mut found };
    let mut document = serde_json::Deserializer::from_reader(reader);
    let read = seed.deserialize(&mut document).and_then(|()| document.end());
    match (read, found) {
        // The rest of the document was not asked for.
        (_, Found::Enough) | (Ok(()), Found::Array) => Ok(()),
        (Err(error), _) if error.is_io() => {
            Err(ReadError::Unreadable(name.to_owned(), error.to_string()))
        }
        (Err(error), Found::Array) => {
            Err(ReadError::Malformed(format!("{name} is no JSON: {error}")))
        }
        (Err(error), Found::Nothing) if error.is_syntax() || error.is_eof() => {
            Err(ReadError::Malformed(format!("{name} is no JSON: {error}")))
        }
        (Err(_) | Ok(()), Found::Nothing) => Err(ReadError::NotAnArray),
    }
}

/// RFC 6901.
fn step(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Found {
    Nothing,
    Array,
    /// The array, and more of it than was wanted.
    Enough,
}

/// The value that is `steps` away from the array.
struct Node<'a> {
    steps: &'a [String],
    sink: &'a mut Sink,
    found: &'a mut Found,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        if let Some((first, rest)) = self.steps.split_first() {
            let wanted: usize = first.parse().map_err(A::Error::custom)?;
            for _ in 0..wanted {
                elements.next_element::<IgnoredAny>()?;
            }
            elements.next_element_seed(Node { steps: rest, ..self })?;
            while elements.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        *self.found = Found::Array;
        while let Some(element) = elements.next_element::<Box<RawValue>>()? {
            if self.sink.blocking_push(element.get()).is_break() {
                *self.found = Found::Enough;
                return Ok(());
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Node { steps, sink, found } = self;
        let Some((first, rest)) = steps.split_first() else {
            return Err(A::Error::custom("an object where an array was expected"));
        };
        while let Some(name) = members.next_key::<String>()? {
            if name == *first && *found == Found::Nothing {
                members.next_value_seed(Node { steps: rest, sink, found })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
