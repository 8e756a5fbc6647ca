//! The floor's face: what is compiled, what is read, what is answered.
use jsonata::{Draw, Env, Expression, Frame};
use serde_json::{Value, json};

use crate::support::in_a_state;

#[test]
fn an_expression_sees_its_states_and_variables() {
    let input =
        json!({"order": {"id": "o-1", "lines": [{"price": 2.5, "n": 2}, {"price": 1, "n": 4}]}});
    for (source, expected) in [
        ("$states.input.order.id", Some(json!("o-1"))),
        ("$sum($states.input.order.lines.(price * n)) + $total", Some(json!(51))),
        ("$states.input.nothing", None),
        ("$unknown", None),
        ("{'b': 1, 'a': $states.input.order.lines[price > 2].n}", Some(json!({"b": 1, "a": 2}))),
        ("$now()", Some(json!("2023-11-14T22:13:20.123Z"))),
        ("$millis()", Some(json!(1_700_000_000_123_i64))),
        ("$range(0, 9, 3)", Some(json!([0, 3, 6, 9]))),
        ("$range(1, 9, 9)", Some(json!(1))),
        ("$partition([0], 3)", Some(json!([[0]]))),
        ("$parse('-0')", Some(json!(0))),
        ("$hash('a', 'MD5')", Some(json!("0cc175b9c0f1b6a831c399e269772661"))),
    ] {
        assert_eq!(in_a_state(source, &input), Ok(expected), "{source}");
    }
}

#[test]
fn a_failure_is_said_as_aws_says_it() {
    for (source, said) in [
        (
            "$randomSeeded(1)",
            "threw an error during evaluation. T1006: Attempted to invoke a non-function",
        ),
        (
            "$eval('1')",
            "threw an error during evaluation. T1006: Attempted to invoke a non-function",
        ),
        ("$fn := function($x){$x}", "returned an unsupported result type."),
    ] {
        assert_eq!(in_a_state(source, &Value::Null).unwrap_err().to_string(), said, "{source}");
    }
}

#[test]
fn what_it_reads_is_known_without_evaluating() {
    let source = "($x := $states.result.id; $f := function($y) { $y + $x + $rate }; $map($states.errorOutput, $f))";
    let expression = Expression::compile(source).unwrap();
    assert_eq!(expression.variables().iter().collect::<Vec<_>>(), ["rate"]);
    assert_eq!(expression.states_members().iter().collect::<Vec<_>>(), ["errorOutput", "result"]);
    assert!(!expression.reads_document());
    assert!(!expression.reads_whole_states());
    assert_eq!(expression.functions().iter().collect::<Vec<_>>(), ["map"]);
    for source in ["$states", "$keys($states)", "$states[0].input", "{'all': $states}"] {
        assert!(Expression::compile(source).unwrap().reads_whole_states(), "{source}");
    }
}

#[test]
fn a_frame_grows_by_a_member_and_by_a_variable() {
    let frame = Frame::new([("input", &json!(1))], [("x", &json!(2))]);
    let frame = frame.with_state("result", &json!(3)).with_variable("x", &json!(4));
    let frame = frame.with_variable("y", &json!(5));
    let env = &mut Env { now: chrono::DateTime::UNIX_EPOCH, draw: &mut Draw::new(1) };
    let expression = Expression::compile("[$states.input, $states.result, $x, $y]").unwrap();
    assert_eq!(expression.evaluate(&frame, env), Ok(Some(json!([1, 3, 4, 5]))));
}

#[test]
fn what_grows_from_a_frame_shares_its_steps() {
    let frame = Frame::new([], []);
    let other = frame.with_variable("x", &json!(1)).with_state("input", &json!(2));
    let env = &mut Env { now: chrono::DateTime::UNIX_EPOCH, draw: &mut Draw::new(1) };
    let dear = Expression::compile("$count([1..100000][$ % 2 = 0])").unwrap();
    let answers: Vec<_> = (0..20).map(|_| dear.evaluate(&frame, env)).collect();
    assert_eq!(answers[0], Ok(Some(json!(50_000))));
    assert!(answers[19].is_err(), "there is an end to them");
    assert!(Expression::compile("$x").unwrap().evaluate(&other, env).is_err());
    assert!(dear.evaluate(&Frame::new([], []), env).is_ok());
}

#[test]
fn an_expression_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Expression::compile("1").unwrap());
}
