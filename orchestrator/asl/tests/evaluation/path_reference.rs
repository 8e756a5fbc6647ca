//! Where results are placed.

use asl::path::ReferencePath;
use asl::states::ResultPath;
use asl::{Payload, names};

fn place(path: &str, input: &str) -> Result<String, String> {
    let path = ReferencePath::parse(path).map_err(|error| error.message)?;
    let input = Payload::parse(input).unwrap();
    let result = Payload::parse("[1.10]").unwrap();
    let output = ResultPath::At(path).place(&input, result);
    output
        .map(|output| output.text().to_owned())
        .map_err(|error| format!("{}: {}", error.error, error.cause))
}

#[test]
fn a_result_is_placed_and_the_rest_keeps_its_letters_and_order() {
    for (path, input, output) in [
        ("$", r#"{"a":1}"#, "[1.10]"),
        ("$.b", r#"{"a":1E5}"#, r#"{"a":1E5,"b":[1.10]}"#),
        ("$.a", r#"{"a":1,"z":2}"#, r#"{"a":[1.10],"z":2}"#),
        ("$.b.c.d", r#"{"a":1}"#, r#"{"a":1,"b":{"c":{"d":[1.10]}}}"#),
        ("$['odd name']", "{}", r#"{"odd name":[1.10]}"#),
        ("$.list[1]", r#"{"list":[1,2,3]}"#, r#"{"list":[1,[1.10],3]}"#),
        ("$.list[0].x", r#"{"list":[{}]}"#, r#"{"list":[{"x":[1.10]}]}"#),
        ("$[0]", "[1]", "[[1.10]]"),
    ] {
        assert_eq!(place(path, input).as_deref(), Ok(output), "{path}");
    }
}

#[test]
fn a_result_that_has_no_place_is_an_error_of_its_own() {
    for (path, input) in [
        ("$.a", "1"),
        ("$.a", "[1]"),
        ("$.a", "null"),
        ("$.a.b", r#"{"a":"text"}"#),
        ("$.list[3]", r#"{"list":[1,2,3]}"#),
        ("$.new[0]", "{}"),
    ] {
        let cause = format!("Unable to apply ReferencePath {path} to input {input}");
        let expected = format!("{}: {cause}", names::RESULT_PATH_MATCH_FAILURE);
        assert_eq!(place(path, input), Err(expected), "{path}");
    }
}

#[test]
fn only_a_path_to_one_place_is_a_reference_path() {
    for path in [
        "$.a[*]",
        "$..a",
        "$.a[0,1]",
        "$.a[0:1]",
        "$.a[?(@.b)]",
        "$['a','b']",
        "$.a.length()",
        "$[-1]",
    ] {
        let reason = "A reference path names one place: with fields and single indices alone";
        assert_eq!(place(path, "{}"), Err(reason.to_owned()), "{path}");
    }
    for path in ["$$.a", "a", ""] {
        let reason = "A reference path must begin with one '$'";
        assert_eq!(place(path, "{}"), Err(reason.to_owned()), "{path}");
    }
}

#[test]
fn whole_and_discarded_results_are_not_copied() {
    let input = Payload::parse(r#"{ "a": 1 }"#).unwrap();
    let result = Payload::parse("[ 2 ]").unwrap();
    assert_eq!(ResultPath::Whole.place(&input, result.clone()).unwrap().text(), "[ 2 ]");
    assert_eq!(ResultPath::Discard.place(&input, result).unwrap().text(), r#"{ "a": 1 }"#);
}

#[test]
fn a_result_placed_too_deep_is_refused() {
    let deep = format!("${}", ".a".repeat(127));
    let expected =
        format!("{}: The result nests deeper than 127 levels.", names::DATA_LIMIT_EXCEEDED);
    assert_eq!(place(&deep, "{}"), Err(expected));
}
