//! Hostile input: nothing panics, and nothing costs more than its budget.
#![expect(clippy::disallowed_types, reason = "that a test takes no longer than it may is measured")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use asl::path::{Path, ReferencePath};
use asl::template::{Template, Text};
use asl::{Draw, Payload, Scope, names};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support;

/// Pieces of which paths, filters and calls are made; their mixtures reach deep into the parsers.
const PIECES: &[&str] = &[
    "$",
    "$$",
    "@",
    ".",
    "..",
    "[",
    "]",
    "(",
    ")",
    "?",
    "*",
    ",",
    ":",
    "-",
    "'",
    "\"",
    "\\",
    "/",
    " ",
    "!",
    "=",
    "==",
    "=~",
    "&&",
    "||",
    "<",
    ">=",
    "0",
    "1",
    "99999999999",
    "a",
    "b",
    "é",
    "😀",
    "length()",
    "sum(",
    "concat(\"x\", $.a)",
    "in ['a', 1]",
    "[?(@.a)]",
    "[?(@.a == 'x')]",
    "[0:2]",
    "[-1]",
    "null",
    "true",
    "{",
    "}",
    "States.Format(",
    "States.Array(",
    "'{}'",
    "$.a",
    "$.list[*]",
    "\\u00e9",
    "/a.*/i",
    "size",
    "empty",
    "States.",
    "1e5",
    ".$",
];

fn mixture() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..16);
    (prop::sample::select(&["", "$.", "$[?(@.", "States.Format('{}', $."][..]), pieces)
        .prop_map(|(start, pieces)| start.to_owned() + &pieces.concat())
}

fn evaluate(text: &str, input: &Payload) {
    let context = support::context();
    let scope = Scope::new(input, &context);
    if let Ok(path) = Path::parse_as_jayway(text) {
        let found = path.find(&scope);
        let queried = path.query(&scope);
        if let (Ok(Some(found)), Ok(queried)) = (&found, &queried) {
            assert_eq!(found, queried);
        }
    }
    if let Ok(path) = ReferencePath::parse(text) {
        let _ = path.place(input.value(), json!(1));
    }
    if let Ok(template) = Template::parse(&json!({ "a.$": text, "b": [text] })) {
        let _ = template.render(&scope, &mut Draw::new(1));
    }
    if let Ok(text) = Text::parse(text) {
        let _ = text.evaluate(&scope, &mut Draw::new(1), "CausePath");
    }
}

proptest! {
    // `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: ProptestConfig::default().cases.max(4_000), ..Default::default() })]

    #[test]
    fn no_mixture_of_the_grammars_pieces_panics(text in mixture()) {
        let input = r#"{"a": "x", "b": null, "list": [1, "two", [3], {"a": 4.50}], "é": {"a": {"a": []}}}"#;
        evaluate(&text, &Payload::parse(input).unwrap());
    }

    #[test]
    fn no_text_panics(text in any::<String>(), input in any::<String>()) {
        evaluate(&text, &Payload::from_value(json!({ "a": input })));
        evaluate(&format!("$.{text}"), &Payload::from_value(Value::Null));
        let _ = Payload::parse(text).map(|payload| payload.value().clone());
    }
}

/// Evaluates a template that must use up its budget, in a time that a person would wait.
fn assert_exhausted(template: &Value, input: &Payload) {
    let begun = Instant::now();
    let context = support::context();
    let rendered = Template::parse(template)
        .expect("the template is valid")
        .render(&Scope::new(input, &context), &mut Draw::new(1));
    let error = rendered.expect_err("there is a limit");
    assert_eq!(error.error, names::DATA_LIMIT_EXCEEDED, "{}", error.cause);
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
}

#[test]
fn stacked_scans_end_at_their_budget() {
    let deep = (0..100).fold(json!([1, 2]), |inner, _| json!([inner]));
    let scans = format!("${}", "..*".repeat(40));
    assert_exhausted(&json!({ "a.$": scans }), &Payload::from_value(deep));
}

#[test]
fn nested_filters_end_at_their_budget() {
    let list: Vec<Value> = (0..3_000).map(|number| json!({ "a": number })).collect();
    let path = "$[?(@.a in $[*].a && @.a == -1)]";
    assert_exhausted(&json!({ "a.$": path }), &Payload::from_value(Value::Array(list)));
}

/// The deepest recursion there is: every level of nesting a filter may have, each at the bottom of a
/// document of the greatest depth, and as many steps as a path may have.
#[test]
fn the_deepest_recursion_fits_a_stack() {
    let deep = (0..126).fold(json!({ "a": 1 }), |inner, _| json!({ "b": inner }));
    let below =
        (0..3).fold("@..a".to_owned(), |inner, _| format!("@{}..[?({inner})]", ".b".repeat(70)));
    let filters = (0..3).fold("@..a".to_owned(), |inner, _| format!("@..[?({inner})]"));
    let input = Payload::from_value(deep);
    let context = support::context();
    for path in [
        format!("$..[?({below})]"),
        format!("$..[?({filters})]"),
        format!("${}", "[?(@.b)]".repeat(64)),
    ] {
        let path = Path::parse(&path).expect("it is within the limits");
        let _ = path.query(&Scope::new(&input, &context));
    }
}

/// Found by fuzzing: a class of most of Unicode took milliseconds where case is ignored. Nothing is built before it is used.
#[test]
fn reading_a_pattern_costs_what_it_is_written_with() {
    let begun = Instant::now();
    for class in ["[!-\u{10ffff}]", "[a[b[c[^d]]]]", r"[\s\S]", r"\w{9}", "[ā-ѿ]", r"\P{L}"] {
        for _ in 0..500 {
            let path = format!("$[?(@.a =~ /{}/iu)]", class.repeat(4));
            assert!(Path::parse(&path).is_ok(), "{path}");
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "it took {:?}", begun.elapsed());
}

#[test]
fn a_pattern_that_is_long_or_large_is_refused() {
    for pattern in ["x".repeat(20_000), r"\p{L}{99}".to_owned(), "((a{99}){99}){99}".to_owned()] {
        let path = format!("$[?(@.a =~ /{pattern}/)]");
        assert!(Path::parse(&path).is_err(), "{path}");
    }
}

/// A template may use many patterns, each dear to build.
#[test]
fn patterns_end_at_their_budget() {
    let input = Payload::from_value(json!([{ "a": "x" }]));
    let fields = (0..2_000).map(|_| r"$[?(@.a =~ /\P{L}{20}/)]");
    let fields: Vec<Value> = fields.map(|path| json!({ "a.$": path })).collect();
    assert_exhausted(&Value::Array(fields), &input);
}

/// A scan over many values may match, search or compare one long text again and again, or a large list.
#[test]
fn what_is_long_ends_at_its_budget() {
    let items: Vec<Value> = (0..5_000).map(Value::from).collect();
    let input = Payload::from_value(json!({
        "list": items, "text": "a".repeat(200_000), "same": "a".repeat(200_000), "copy": items
    }));
    for filter in [
        "$.text =~ /[ab]*b/",
        "$.text =~ /(a{1,30}){1,30}b/",
        "$.text contains 'b'",
        "$.text == $.same",
        "$.text <= $.same",
        "$.list == $.copy",
    ] {
        let filters = format!("[?({filter})]");
        assert_exhausted(&json!({ "a.$": format!("$.list{filters}") }), &input);
    }
}

#[test]
fn copies_end_at_their_budget() {
    let large = Payload::from_value(json!({ "text": "x".repeat(250_000) }));
    let indices = "0,".repeat(5_000);
    assert_exhausted(&json!({ "a.$": format!("$['text'{}]", ",'text'".repeat(5_000)) + ".x" }), &{
        Payload::from_value(json!({ "text": { "x": "x".repeat(250_000) } }))
    });
    let list = Payload::from_value(json!(["x".repeat(250_000)]));
    assert_exhausted(&json!({ "a.$": format!("$[{indices}0]") }), &list);
    let fields: Value = (0..1_000).map(|_| json!({ "a.$": "$.text" })).collect();
    assert_exhausted(&fields, &large);
    let places = "{}".repeat(1_000);
    let arguments = ", $.text".repeat(1_000);
    assert_exhausted(&json!({ "a.$": format!("States.Format('{places}'{arguments})") }), &large);
}

#[test]
fn long_and_deep_texts_are_refused_not_followed() {
    for text in [
        format!("${}", ".a".repeat(100_000)),
        format!("$[?({}@.a{})]", "(".repeat(100_000), ")".repeat(100_000)),
        format!("$[?({}@.a)]", "!(".repeat(100_000)),
        format!("$[?({}@.a)]", "!".repeat(100_000)),
        format!("{}@.a{}", "$[?(@".repeat(50), ")]".repeat(50)),
        format!("$.sum({}", "$.sum(".repeat(50)),
        format!("$[?(@.a in {}{})]", "[".repeat(10_000), "]".repeat(10_000)),
        format!("$.append({}{})", "[".repeat(10_000), "]".repeat(10_000)) + ".x",
    ] {
        let begun = Instant::now();
        let _ = Path::parse(&text);
        let _ = ReferencePath::parse(&text);
        assert!(begun.elapsed() < Duration::from_secs(10), "{}…", &text[..20]);
    }
    let mut call = String::new();
    for _ in 0..100_000 {
        call.write_str("States.Array(").expect("a string takes all that is written");
    }
    assert!(Template::parse(&json!({ "a.$": call })).is_err());
}

#[test]
fn output_that_could_not_be_read_again_is_refused() {
    let deepest = (0..127).fold(json!(1), |inner, _| json!([inner]));
    let input = Payload::from_value(deepest);
    let context = support::context();
    let scope = Scope::new(&input, &context);
    let wrapped = Template::parse(&json!({ "a.$": "$" })).unwrap();
    let error = wrapped.render(&scope, &mut Draw::new(1)).unwrap_err();
    assert_eq!(error.cause, "The result nests deeper than 127 levels.");
}
