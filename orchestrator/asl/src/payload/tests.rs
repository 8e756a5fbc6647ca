//! What a payload keeps, and what it refuses.

use serde_json::Value;

use super::{NESTING_MAX, Payload, PayloadError};
use crate::Draw;

#[test]
fn text_is_kept_to_the_letter_and_so_is_its_value() {
    for text in [
        "1.10",
        "1e5",
        "1E+5",
        "1E400",
        "-0",
        "-0.0",
        "1e-7",
        "12345678901234567890123",
        "0.1000000000000000055511151231257827",
        r#""\u0000""#,
        r#"{"b":1,"a":{"z":2,"y":3}}"#,
        r#""caf\u00e9 \ud83d\ude00 é 😀""#,
    ] {
        let payload = Payload::parse(text).unwrap();
        assert_eq!(payload.text(), text);
        if !text.contains(r"\u00e9") {
            assert_eq!(Payload::from_value(payload.value().clone()).text(), text);
        }
    }
}

#[test]
fn doubles_survive_printing_and_parsing() {
    let mut draw = Draw::new(20_261_123);
    let mut seen = 0;
    while seen < 200_000 {
        let double = f64::from_bits(draw.next_u64());
        if !double.is_finite() {
            continue;
        }
        seen += 1;
        let text = serde_json::to_string(&double).unwrap();
        let back: f64 = serde_json::from_str(&text).unwrap();
        assert_eq!(back.to_bits(), double.to_bits(), "{text}");
        let value = Payload::parse(text.as_str()).unwrap().value().clone();
        assert_eq!(value.as_f64().unwrap().to_bits(), double.to_bits(), "{text}");
    }
}

#[test]
fn a_value_is_what_serde_json_reads() {
    let text = r#" {"a" : [ ] , "b":{ }, "c":[true,false , null, "\"\\\n\u00e9😀", -1.5],
        "":{"d":"" } } "#;
    let expected: Value = serde_json::from_str(text).unwrap();
    assert_eq!(Payload::parse(text).unwrap().value(), &expected);
}

#[test]
fn of_a_field_that_occurs_twice_the_last_counts() {
    let payload = Payload::parse(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
    assert_eq!(payload.value().to_string(), r#"{"a":3,"b":2}"#);
    assert_eq!(payload.text(), r#"{"a": 1, "b": 2, "a": 3}"#);
}

#[test]
fn nesting_is_limited() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(Payload::parse(nested(NESTING_MAX)).unwrap().value().is_array());
    let too_deep = PayloadError::TooDeep { line: 1, column: NESTING_MAX + 1 };
    assert_eq!(Payload::parse(nested(NESTING_MAX + 1)), Err(too_deep.clone()));
    assert_eq!(Payload::parse(nested(1_000)), Err(too_deep.clone()));
    assert_eq!(Payload::parse("[".repeat(1_000_000)), Err(too_deep));
    assert!(Payload::parse(format!("{:?}", "[".repeat(1_000))).is_ok());
}

#[test]
fn what_a_value_cannot_hold_is_refused_with_its_place() {
    for (text, line, column, reason) in [
        (r#"{"a": "\ud800"}"#, 1, 8, "half of a surrogate pair stands alone in a string"),
        (r#"["\udc00"]"#, 1, 3, "half of a surrogate pair stands alone in a string"),
        ("[\n \"\\ud83d\\u0041\"]", 2, 3, "half of a surrogate pair stands alone in a string"),
        (
            r#"{"$serde_json::private::Number": "x"}"#,
            1,
            3,
            "a field's name can't begin with `$serde_json::private::`",
        ),
        (
            r#"{"\u0024serde_json::\u0070rivate::RawValue" : "x"}"#,
            1,
            3,
            "a field's name can't begin with `$serde_json::private::`",
        ),
        ("{\n  \"a\" 1}", 2, 7, "expected `:`"),
        ("", 1, 0, "EOF while parsing a value"),
        ("1 2", 1, 3, "trailing characters"),
        ("nul", 1, 3, "EOF while parsing a value"),
        ("01", 1, 2, "invalid number"),
        ("\"\u{1}\"", 1, 1, "control character (\\u0000-\\u001F) found while parsing a string"),
    ] {
        let refused = PayloadError::Syntax { line, column, reason: reason.to_owned() };
        assert_eq!(Payload::parse(text), Err(refused), "{text}");
    }
}

#[test]
fn names_that_only_resemble_a_reserved_one_pass() {
    for text in [
        r#""$serde_json::private::Number""#,
        r#"{"$serde_json": 1}"#,
        r#"{"a": "$serde_json::private::Number"}"#,
        r#"{"\\u0024serde_json::private::Number": 1}"#,
    ] {
        assert!(Payload::parse(text).unwrap().value() != &Value::Null, "{text}");
    }
}

#[test]
fn whatever_is_accepted_has_a_value() {
    let seed = r#"{"a": ["\ud83d\ude00", "\\u00", -1.5e+10, null], "\u0024b": {"c": true}}"#;
    let mut draw = Draw::new(7);
    for _ in 0..20_000 {
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..=draw.next_u64() % 3 {
            let at = usize::try_from(draw.next_u64()).unwrap() % bytes.len();
            bytes[at] = seed.as_bytes()[usize::try_from(draw.next_u64()).unwrap() % seed.len()];
        }
        if let Ok(payload) = Payload::parse(String::from_utf8(bytes).unwrap()) {
            payload.value();
        }
    }
}

#[test]
fn the_elements_of_an_array_are_the_same_out_of_its_text_and_out_of_its_value() {
    for text in [
        "[]",
        "[ ]",
        " [1, 1.10 ,-0.0]\n",
        r#"[{"a": [1, {"b": ", ]"}], "c\"": "\\"}, [], [[ 2 ]], "x, y", null, true]"#,
        r#"[[1, 2], {"a": {}}]"#,
    ] {
        let of_text = Payload::parse(text).unwrap().elements().unwrap();
        let of_value = Payload::from_value(Payload::parse(text).unwrap().value().clone());
        assert_eq!(of_text, of_value.elements().unwrap(), "{text}");
        let joined: Vec<_> = of_text.iter().map(Payload::text).collect();
        assert_eq!(format!("[{}]", joined.join(",")), of_value.text(), "{text}");
    }
    for text in ["{}", "1", r#""[1]""#, "null"] {
        assert_eq!(Payload::parse(text).unwrap().elements(), None, "{text}");
    }
}
