//! JSON as `application/x-www-form-urlencoded`, and query strings.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// All but the unreserved characters of RFC 3986: a space is `%20`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `ArrayFormat`: how an array's elements are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArrayFormat {
    Indices,
    Repeat,
    Commas,
    Brackets,
}

impl ArrayFormat {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "INDICES" => Some(Self::Indices),
            "REPEAT" => Some(Self::Repeat),
            "COMMAS" => Some(Self::Commas),
            "BRACKETS" => Some(Self::Brackets),
            _ => None,
        }
    }
}

/// The fields of an object, in its own order; those within it as `outer[inner]`.
pub(crate) fn form(fields: &Map<String, Value>, arrays: ArrayFormat) -> String {
    let mut pairs = Vec::new();
    for (key, value) in fields {
        flatten(key, value, arrays, &mut pairs);
    }
    pairs.join("&")
}

pub(crate) fn pair(key: &str, value: &str) -> String {
    format!("{}={}", encoded(key), encoded(value))
}

fn encoded(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

/// Recurses no deeper than the JSON that was parsed, which has a bound.
fn flatten(key: &str, value: &Value, arrays: ArrayFormat, pairs: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (inner, value) in fields {
                flatten(&format!("{key}[{inner}]"), value, arrays, pairs);
            }
        }
        Value::Array(items) if arrays == ArrayFormat::Commas => {
            // The commas between the items stay bare: those within an item do not.
            let items: Vec<String> =
                items.iter().map(|item| encoded(&scalar(item)).to_string()).collect();
            pairs.push(format!("{}={}", encoded(key), items.join(",")));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let key = match arrays {
                    ArrayFormat::Indices => format!("{key}[{index}]"),
                    ArrayFormat::Brackets => format!("{key}[]"),
                    ArrayFormat::Repeat | ArrayFormat::Commas => key.to_owned(),
                };
                flatten(&key, item, arrays, pairs);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            pairs.push(pair(key, &scalar(value)));
        }
    }
}

/// A text as it is, anything else as JSON writes it; null is empty.
pub(crate) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(json: &str, arrays: &str) -> String {
        let Value::Object(fields) = serde_json::from_str(json).unwrap() else {
            panic!("{json} is an object")
        };
        form(&fields, ArrayFormat::parse(arrays).unwrap())
    }

    #[test]
    fn arrays_are_encoded_as_each_format_has_it() {
        const ARRAY: &str = r#"{"array": ["a", "b", "c", "d"]}"#;
        const NESTED: &str = r#"{"o": {"list": [1, {"k": "v w"}]}}"#;
        for (json, arrays, expected) in [
            (ARRAY, "INDICES", "array%5B0%5D=a&array%5B1%5D=b&array%5B2%5D=c&array%5B3%5D=d"),
            (ARRAY, "REPEAT", "array=a&array=b&array=c&array=d"),
            (ARRAY, "COMMAS", "array=a,b,c,d"),
            (ARRAY, "BRACKETS", "array%5B%5D=a&array%5B%5D=b&array%5B%5D=c&array%5B%5D=d"),
            (NESTED, "INDICES", "o%5Blist%5D%5B0%5D=1&o%5Blist%5D%5B1%5D%5Bk%5D=v%20w"),
            (NESTED, "REPEAT", "o%5Blist%5D=1&o%5Blist%5D%5Bk%5D=v%20w"),
            (NESTED, "COMMAS", "o%5Blist%5D=1,%7B%22k%22%3A%22v%20w%22%7D"),
            (NESTED, "BRACKETS", "o%5Blist%5D%5B%5D=1&o%5Blist%5D%5B%5D%5Bk%5D=v%20w"),
            (r#"{"a": ["x,y", "z"]}"#, "COMMAS", "a=x%2Cy,z"),
            (r#"{"a": []}"#, "INDICES", ""),
            (r#"{"a": [], "b": 1}"#, "COMMAS", "a=&b=1"),
            (
                r#"{"a": [[1, 2], [3]]}"#,
                "INDICES",
                "a%5B0%5D%5B0%5D=1&a%5B0%5D%5B1%5D=2&a%5B1%5D%5B0%5D=3",
            ),
        ] {
            assert_eq!(encode(json, arrays), expected, "{arrays} of {json}");
        }
    }

    #[test]
    fn values_keep_every_character_and_digit() {
        for (json, expected) in [
            (r#"{"description": "Monthly subscription"}"#, "description=Monthly%20subscription"),
            (r#"{"metadata": {"order_details": "x"}}"#, "metadata%5Border_details%5D=x"),
            (r#"{"a": "ü€😀"}"#, "a=%C3%BC%E2%82%AC%F0%9F%98%80"),
            (r#"{"a&b": "c=d+e%"}"#, "a%26b=c%3Dd%2Be%25"),
            (r#"{"a": 12345678901234567890}"#, "a=12345678901234567890"),
            (r#"{"a": 1.10, "b": true, "c": null, "d": ""}"#, "a=1.10&b=true&c=&d="),
            (r#"{"a": "-._~"}"#, "a=-._~"),
            ("{}", ""),
        ] {
            assert_eq!(encode(json, "INDICES"), expected, "{json}");
        }
    }
}
