//! Jackson's words for each kind of fault. The first two are recorded of AWS; the others are Jackson's own, of 2.10 and later.

use super::JacksonFault;

fn message(text: &str) -> String {
    JacksonFault::of(text).map(|fault| fault.message).unwrap_or_default()
}

const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

#[test]
fn the_first_fault_is_told_in_the_words_of_jackson() {
    let long = "x".repeat(300);
    let cases = [
        ("not json", format!("Unrecognized token 'not': was expecting {VALUES}")),
        (
            r#"{"courseId": "6225", "boardId": """, "size": "0"}"#,
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries".to_owned(),
        ),
        ("yes", format!("Unrecognized token 'yes': was expecting {VALUES}")),
        ("truey", format!("Unrecognized token 'truey': was expecting {VALUES}")),
        ("[tru]", format!("Unrecognized token 'tru': was expecting {VALUES}")),
        (&long, format!("Unrecognized token '{}...': was expecting {VALUES}", "x".repeat(256))),
        ("{", r#"Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)"{"; line: 1, column: 1])"#.to_owned()),
        (" [1", r#"Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)" [1"; line: 1, column: 2])"#.to_owned()),
        (r#"{"a""#, "Unexpected end-of-input within/between Object entries".to_owned()),
        (r#"{"a":"#, "Unexpected end-of-input within/between Object entries".to_owned()),
        ("[1,", "Unexpected end-of-input within/between Array entries".to_owned()),
        ("{a: 1}", "Unexpected character ('a' (code 97)): was expecting double-quote to start field name".to_owned()),
        (r#"{"a": 1,}"#, "Unexpected character ('}' (code 125)): was expecting double-quote to start field name".to_owned()),
        (r#"{"a" 1}"#, "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value".to_owned()),
        (r#"{"a": }"#, "Unexpected character ('}' (code 125)): expected a value".to_owned()),
        ("[1,]", format!("Unexpected character (']' (code 93)): expected a valid value {VALUES}")),
        ("'a'", format!("Unexpected character (''' (code 39)): expected a valid value {VALUES}")),
        ("\u{2192}x", format!("Unexpected character ('\u{2192}' (code 8594 / 0x2192)): expected a valid value {VALUES}")),
        ("[1}", r#"Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"[1}"; line: 1, column: 1])"#.to_owned()),
        ("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries".to_owned()),
        ("01", "Invalid numeric value: Leading zeroes not allowed".to_owned()),
        ("1x", "Unexpected character ('x' (code 120)): Expected space separating root-level values".to_owned()),
        ("[1.]", "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit".to_owned()),
        ("1e", "Unexpected character ((CTRL-CHAR, code 0)) in numeric value: Exponent indicator not followed by a digit".to_owned()),
        ("-x", "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value".to_owned()),
        (r#""a"#, "Unexpected end-of-input: was expecting closing quote for a string value".to_owned()),
        (r#"{"a"#, "Unexpected end-of-input in field name".to_owned()),
        ("\"a\nb\"", "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value".to_owned()),
        (r#""\x""#, "Unrecognized character escape 'x' (code 120)".to_owned()),
        (r#""\u00g0""#, "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence".to_owned()),
        ("[NaN]", "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow".to_owned()),
        (" ", "No content to map due to end-of-input".to_owned()),
    ];
    for (text, expected) in cases {
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn the_place_is_where_its_reader_stood() {
    let place = |text: &str| JacksonFault::of(text).map(|fault| (fault.line, fault.column));
    assert_eq!(place("not json"), Some((1, 4)));
    assert_eq!(place("{\n  \"a\" 1}"), Some((2, 8)));
    assert_eq!(place("[\"\u{1f600}\" x]"), Some((1, 8)));
    let located = JacksonFault::of("[x").map(|fault| fault.located("[x"));
    let expected = format!(
        "Unrecognized token 'x': was expecting {VALUES}\n at [Source: (String)\"[x\"; line: 1, column: 3]"
    );
    assert_eq!(located, Some(expected));
    let long = format!("[{}", "1,".repeat(300));
    let shown = JacksonFault::of(&long).map(|fault| fault.located(&long)).unwrap_or_default();
    assert!(shown.ends_with("\"[truncated 101 chars]; line: 1, column: 602]"), "{shown}");
}

#[test]
fn what_is_json_has_no_fault_and_depth_costs_no_stack() {
    for text in
        ["{}", "[]", r#" {"a": [1, -0.5e+3, true, null, "\u00e9\n"], "b": {}} "#, "12", "\"x\""]
    {
        assert_eq!(JacksonFault::of(text), None, "{text}");
    }
    assert!(message(&"[".repeat(1_000_000)).starts_with("Unexpected end-of-input: expected close"));
}
