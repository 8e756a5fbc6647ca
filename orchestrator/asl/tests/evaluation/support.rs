//! Recorded truth, where it is at hand, and a context object for those who don't care about it.

use std::path::PathBuf;
use std::sync::Arc;

use asl::context::ExecutionContext;
use asl::{Context, Payload, timestamp};
use serde_json::Value;

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
fn report(line: &str) {
    eprintln!("{line}");
}

/// An execution named `one` of the machine `orders`, with the input `{"id": 1}`, in the state `Here`.
pub(crate) fn context() -> Context {
    let execution = ExecutionContext {
        id: "arn:aws:states:us-east-1:000000000000:execution:orders:one".to_owned(),
        input: Payload::parse(r#"{"id": 1}"#).expect("it is valid JSON"),
        name: "one".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/orders".to_owned(),
        started_at: timestamp::parse("2026-11-23T06:17:25Z").expect("it is a timestamp"),
        redrive_count: 0,
        machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:orders".to_owned(),
        machine_name: "orders".to_owned(),
    };
    let entered_at = timestamp::parse("2026-11-23T06:17:26Z").expect("it is a timestamp");
    Context::new(Arc::new(execution), "Here".into(), entered_at)
}

/// Whether an answer is what was recorded: numbers by their value, `<…>` and values of chance by any text.
pub(crate) fn fits(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (_, Value::String(pattern)) if pattern == "RandomNumberGenerated" => true,
        (Value::String(_), Value::String(pattern)) if pattern.contains('<') => true,
        (Value::Number(answer), Value::Number(expected)) => answer.as_f64() == expected.as_f64(),
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() == expected.len()
                && answer.iter().zip(expected).all(|(answer, expected)| fits(answer, expected))
        }
        (Value::Object(answer), Value::Object(expected)) => {
            answer.len() == expected.len()
                && answer.iter().all(|(name, answer)| {
                    expected.get(name).is_some_and(|expected| fits(answer, expected))
                })
        }
        _ => answer == expected,
    }
}
