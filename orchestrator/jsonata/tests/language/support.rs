//! Evaluation at a fixed instant, and recorded truth where it is at hand.
use std::path::PathBuf;

use chrono::{TimeZone, Utc};
use jsonata::{Draw, Env, Error, Expression, Frame};
use serde_json::Value;

/// What became of an expression.
pub(crate) type Outcome = Result<Option<Value>, Error>;

pub(crate) fn evaluate(expression: &Expression, frame: &Frame) -> Outcome {
    let mut draw = Draw::new(7);
    let now = Utc.timestamp_millis_opt(1_700_000_000_123).single().expect("it is an instant");
    expression.evaluate(frame, &mut Env { now, draw: &mut draw })
}

/// With `$states.input`, and a variable `$total` of 42.
pub(crate) fn in_a_state(source: &str, input: &Value) -> Outcome {
    let frame = Frame::new([("input", input)], [("total", &Value::from(42))]);
    evaluate(&Expression::compile(source).expect("it is an expression"), &frame)
}

/// A file of the recorded truth; `None`, with a line that says so, where it is absent (but not in CI).
pub(crate) fn recorded(file: &str) -> Option<String> {
    let folder = std::env::var_os("EVERSTEP_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let read = std::fs::read_to_string(&path);
    if let Err(error) = &read {
        let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "recorded truth is missing: {}: {error}", path.display());
        report(&format!("skipped: no recorded truth at {}", path.display()));
    }
    read.ok()
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn report(line: &str) {
    eprintln!("{line}");
}

/// Whether two answers are the same to JavaScript: numbers by their double.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|it| same(one, it)))
        }
        _ => one == other,
    }
}
