//! What is done with strings, and with JSON as text.

use std::borrow::Cow;
use std::fmt::Write;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use serde_json::Value;
use sha2::Digest;

use super::kind;
use super::parse::unescape;
use crate::payload::Payload;

/// AWS's limit for what is encoded, decoded or hashed.
const CHARACTERS_MAX: usize = 10_000;

pub(super) fn text<'v>(value: &'v Value, which: &str) -> Result<&'v String, String> {
    let Value::String(text) = value else {
        return Err(format!("The {which} argument must be a string, but was {}", kind(value)));
    };
    Ok(text)
}

fn short_text(value: &Value) -> Result<&String, String> {
    let text = text(value, "first")?;
    check_length(text)?;
    Ok(text)
}

fn check_length(text: &str) -> Result<(), String> {
    if text.len() <= CHARACTERS_MAX || text.chars().count() <= CHARACTERS_MAX {
        return Ok(());
    }
    Err(format!("The first argument has more than {CHARACTERS_MAX} characters"))
}

/// Puts the arguments in the place of each `{}` in turn.
pub(super) fn format(template: &str, arguments: &[Cow<'_, Value>]) -> Result<Value, String> {
    let places = pieces(template).count() - 1;
    if places != arguments.len() {
        let given = arguments.len();
        return Err(format!("The template has {places} places ({{}}) for {given} arguments"));
    }
    let mut result = String::with_capacity(template.len());
    let mut arguments = arguments.iter();
    for piece in pieces(template) {
        result.push_str(&unescape(piece));
        if let Some(argument) = arguments.next() {
            write_plain(argument, &mut result);
        }
    }
    Ok(Value::String(result))
}

/// What stands between the places. An escaped brace makes none.
fn pieces(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(template);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let place = text.char_indices().find(|&(at, character)| {
            let found = !escaped && text[at..].starts_with("{}");
            escaped = !escaped && character == '\\';
            found
        });
        let (piece, behind) = match place {
            Some((at, _)) => (&text[..at], Some(&text[at + 2..])),
            None => (text, None),
        };
        rest = behind;
        Some(piece)
    })
}

/// As AWS prints values in texts: strings bare, arrays and objects as Java does, `{name=value, …}`.
fn write_plain(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => text.push_str(string),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_plain(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            for (index, (name, field)) in fields.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                text.push_str(name);
                text.push('=');
                write_plain(field, text);
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            write!(text, "{value}").expect("a string takes all that is written");
        }
    }
}

/// The empty text is `null`.
pub(super) fn string_to_json(value: &Value) -> Result<Value, String> {
    let text = text(value, "first")?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let payload = Payload::parse(text.as_str()).map_err(|error| format!("The text is {error}"))?;
    Ok(payload.value().clone())
}

/// The pieces of a text between any of the separating characters; empty ones are left out.
pub(super) fn split(value: &Value, separators: &Value) -> Result<Value, String> {
    let text = text(value, "first")?;
    let separators: Vec<char> = self::text(separators, "second")?.chars().collect();
    let pieces = text.split(|character| separators.contains(&character));
    Ok(pieces.filter(|piece| !piece.is_empty()).map(Value::from).collect())
}

pub(super) fn base64_encode(value: &Value) -> Result<Value, String> {
    Ok(Value::String(general_purpose::STANDARD.encode(short_text(value)?)))
}

/// With or without padding. Bytes that are no UTF-8 become U+FFFD, as in Java.
pub(super) fn base64_decode(value: &Value) -> Result<Value, String> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let bytes = LENIENT
        .decode(short_text(value)?)
        .map_err(|error| format!("The text is not valid Base64: {error}"))?;
    Ok(Value::String(String::from_utf8_lossy(&bytes).into_owned()))
}

/// In hexadecimal. What isn't a string is hashed as compact JSON.
pub(super) fn hash(value: &Value, algorithm: &Value) -> Result<Value, String> {
    let data = value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
    check_length(&data)?;
    let digest = match text(algorithm, "second")?.as_str() {
        "MD5" => hexadecimal(&md5::Md5::digest(data.as_bytes())),
        "SHA-1" => hexadecimal(&sha1::Sha1::digest(data.as_bytes())),
        "SHA-256" => hexadecimal(&sha2::Sha256::digest(data.as_bytes())),
        "SHA-384" => hexadecimal(&sha2::Sha384::digest(data.as_bytes())),
        "SHA-512" => hexadecimal(&sha2::Sha512::digest(data.as_bytes())),
        unknown => {
            return Err(format!(
                "There is no algorithm {unknown:?}: use MD5, SHA-1, SHA-256, SHA-384 or SHA-512"
            ));
        }
    };
    Ok(Value::String(digest))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes all that is written");
    }
    text
}

/// The fields of both, the second's where both have one. Only shallow merging exists.
pub(super) fn merge(first: &Value, second: &Value, deep: &Value) -> Result<Value, String> {
    let (Value::Object(first), Value::Object(second)) = (first, second) else {
        let kinds = (kind(first), kind(second));
        return Err(format!("Both values must be objects, but are {} and {}", kinds.0, kinds.1));
    };
    if deep != &Value::Bool(false) {
        return Err(
            "The third argument must be false: only shallow merging is supported".to_owned()
        );
    }
    let mut merged = first.clone();
    merged.extend(second.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(Value::Object(merged))
}
