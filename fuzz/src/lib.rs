//! What is done with a stranger's text, as the fuzzer gives it: nothing may panic, take a second, or 256 MB.

use std::fs;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use asl::context::ExecutionContext;
use asl::path::Path;
use asl::template::Template;
use asl::{Context, Payload, Scope, StateMachine};
use chrono::DateTime;
use jsonata::{Draw, Env, Expression, Frame};
use serde_json::{Value, json};

/// What one text may cost.
const TIME_MAX: Duration = Duration::from_secs(1);

/// Acts on a text, in time: on the processor, for a loaded machine is not the text's fault.
fn within_time<T>(text: &str, act: impl FnOnce() -> T) -> T {
    let begun = on_processor();
    let done = act();
    let took = on_processor().saturating_sub(begun);
    assert!(took < TIME_MAX, "{took:?} for {} bytes", text.len());
    done
}

fn on_processor() -> Duration {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// An input with something of every kind to find.
static INPUT: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "id": "o-1", "n": 42, "x": -1.5e-7, "big": 12_345_678_901_234_567_890_u64, "t": true, "z": null, "empty": {},
        "text": "The quick brown fox\u{1f98a} jumps; over, 13 dogs", "json": "{\"a\": [1, 2]}", "at": "2026-11-24T05:15:00.123Z",
        "long": "a word, ".repeat(1_000), "items": [3, 1, 2, 2, "3", null, [], [4, [5]]],
        "lines": [
            {"sku": "a", "price": 2.5, "n": 2, "tags": ["x", "y"]},
            {"sku": "b", "price": 1, "n": 0, "tags": []},
            {"sku": "c", "price": 99.99, "n": 7, "parts": [{"sku": "d"}, {"sku": "e"}]}
        ]
    })
});

static PAYLOAD: LazyLock<Payload> = LazyLock::new(|| Payload::from_value(INPUT.clone()));

fn context() -> Context {
    let execution = ExecutionContext {
        id: "arn:aws:states:us-east-1:000000000000:execution:orders:one".to_owned(),
        input: PAYLOAD.clone(),
        name: "one".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/orders".to_owned(),
        started_at: DateTime::UNIX_EPOCH,
        redrive_count: 0,
        redriven_at: None,
        machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:orders".to_owned(),
        machine_name: "orders".to_owned(),
    };
    Context::new(Arc::new(execution), "Here".into(), DateTime::UNIX_EPOCH)
}

/// Compiled, and evaluated in a state and over a document.
pub fn expression(source: &str) {
    let Ok(expression) = within_time(source, || Expression::compile(source)) else { return };
    let error = json!({"Error": "E", "Cause": "C"});
    let states = [("input", &*INPUT), ("result", &*INPUT), ("errorOutput", &error)];
    for frame in [Frame::new(states, [("order", &*INPUT)]), Frame::of_document(Some(&INPUT), [])] {
        let mut env = Env { now: DateTime::UNIX_EPOCH, draw: &mut Draw::new(1) };
        let outcome = within_time(source, || expression.evaluate(&frame, &mut env));
        if let Err(jsonata::Error::Thrown { code, message }) = outcome {
            // A panic of the engine is caught, so that it costs one execution; here it must be seen.
            assert!(code != "U1006", "{message}");
        }
    }
}

/// Read, asked, and read again as the text that it says it is.
pub fn path(text: &str) {
    within_time(text, || ask(text));
}

fn ask(text: &str) {
    if let Ok(path) = Path::parse(text) {
        let context = context();
        let scope = Scope::new(&PAYLOAD, &context);
        let _ = path.query(&scope);
        let _ = path.find(&scope);
        assert_eq!(Path::parse(path.as_str()).as_ref(), Ok(&path), "a path is its text");
    }
    let _ = Path::parse_as_jayway(text);
}

/// A JSONPath template, rendered.
pub fn template(text: &str) {
    within_time(text, || render(text));
}

fn render(text: &str) {
    let Ok(payload) = Payload::parse(text) else { return };
    let Ok(template) = Template::parse(payload.value()) else { return };
    let context = context();
    if let Ok(rendered) = template.render(&Scope::new(&PAYLOAD, &context), &mut Draw::new(1)) {
        let text = rendered.to_string();
        assert!(Payload::parse(text).is_ok(), "what a template renders is a payload");
    }
}

/// A whole definition: checked, and accepted only without an error.
pub fn definition(text: &str) {
    let accepted = within_time(text, || StateMachine::parse(text).is_ok());
    let checked = within_time(text, || StateMachine::check(text));
    let refused = checked.iter().any(|it| it.severity == asl::Severity::Error);
    assert_eq!(accepted, !refused, "a definition is accepted when its check finds no error");
}
