//! What comparing with jsonata-js found, and what it answers.
use jsonata::{Error, Expression, Frame};
use serde_json::{Value, json};

use crate::support::{evaluate, same};

/// A result, or an error's code.
type Answer = Result<Option<Value>, &'static str>;

/// An expression, the document it is over, and jsonata-js's answer.
fn cases() -> Vec<(&'static str, Value, Answer)> {
    vec![
        ("(1..3)", Value::Null, Err("S0202")),
        ("1..3", Value::Null, Err("S0201")),
        ("$count(a..b)", Value::Null, Err("S0202")),
        ("[1..2, 5..6]", Value::Null, Ok(Some(json!([1, 2, 5, 6])))),
        ("[true ? 1 : 2 .. 3]", Value::Null, Ok(Some(json!([1, 2, 3])))),
        ("[1..2].[3..4]", Value::Null, Ok(Some(json!([[3, 4], [3, 4]])))),
        ("$it's", Value::Null, Ok(None)),
        ("a'b'", json!({"a'b'": 1}), Ok(Some(json!(1)))),
        ("//", Value::Null, Err("S0301")),
        ("$match('a', /a)/)", Value::Null, Err("S0302")),
        ("$split('a/b', /[/]/)", Value::Null, Ok(Some(json!(["a", "b"])))),
        ("1 /* never", Value::Null, Err("S0106")),
        ("$number()", json!({}), Err("T0411")),
        ("$uppercase()", json!([1]), Err("T0411")),
        (
            "$distinct([1, '1', 1, -0, 0, [1], [1], null, null])",
            Value::Null,
            Ok(Some(json!([1, "1", 0, [1], null]))),
        ),
        ("[0..10000000]", Value::Null, Err("D2014")),
    ]
}

#[test]
fn what_differed_once_is_answered_as_jsonata_js_answers_it() {
    for (source, input, expected) in cases() {
        let answer = match Expression::compile(source) {
            Ok(expression) => evaluate(&expression, &Frame::of_document(Some(&input), [])),
            Err(error) => Err(Error::Thrown { code: error.code, message: error.message }),
        };
        let fits = match (&answer, &expected) {
            (Ok(Some(answer)), Ok(Some(expected))) => same(answer, expected),
            (Ok(None), Ok(None)) => true,
            (Err(Error::Thrown { code, .. }), Err(expected)) => code == expected,
            _ => false,
        };
        assert!(fits, "{source} over {input}: {answer:?} instead of {expected:?}");
    }
}
