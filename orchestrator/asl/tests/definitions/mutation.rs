//! Definitions with one thing changed, each thing in turn: whatever is read, the reader answers.
//! (It asserts for itself that what has no fault makes a machine.)

use std::path::PathBuf;

use asl::StateMachine;
use serde_json::{Map, Value, json};

#[test]
fn a_change_anywhere_is_answered() {
    let refused = answer_every_change(crate::machine::ORDER);
    assert!(refused > 500, "only {refused} of the changes were refused");
}

#[test]
fn a_change_anywhere_in_a_recorded_definition_is_answered() {
    let Some(cases) = recorded("asl/validation.jsonl") else { return };
    // One in sixteen: all of them take minutes, and their shapes repeat.
    for line in cases.lines().step_by(16) {
        let case: Value = serde_json::from_str(line).unwrap();
        answer_every_change(case["definition"].as_str().unwrap());
    }
}

/// How many of the changed definitions were refused.
fn answer_every_change(definition: &str) -> usize {
    let Ok(root) = serde_json::from_str(definition) else { return 0 };
    let mut changed = Vec::new();
    changes(&root, &mut |value| changed.push(value.to_string()));
    changed.iter().filter(|text| StateMachine::parse(text).is_err()).count()
}

/// Every definition that differs from `value` in one value: another one in its place, or none.
fn changes(value: &Value, changed: &mut dyn FnMut(Value)) {
    for other in [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(""),
        json!("Payment"),
        json!("$.a"),
        json!("$a"),
        json!("{% 1"),
        json!([]),
        json!([{}]),
        json!({}),
        json!({ "a.$": "x" }),
    ] {
        changed(other);
    }
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            changes(item, &mut |other| {
                let mut items = items.clone();
                items[index] = other;
                changed(Value::Array(items));
            });
        }
    }
    if let Some(fields) = value.as_object() {
        change_fields(fields, changed);
    }
}

fn change_fields(fields: &Map<String, Value>, changed: &mut dyn FnMut(Value)) {
    for (name, value) in fields {
        let mut without = fields.clone();
        without.shift_remove(name);
        changed(Value::Object(without));
        changes(value, &mut |other| {
            let mut fields = fields.clone();
            fields.insert(name.clone(), other);
            changed(Value::Object(fields));
        });
    }
}

/// A file of the recorded truth; `None`, with a line that says so, where it is absent (but not in CI).
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn recorded(file: &str) -> Option<String> {
    let folder = std::env::var_os("EVERSTEP_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let read = std::fs::read_to_string(&path);
    if let Err(error) = &read {
        let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "recorded truth is missing: {}: {error}", path.display());
        eprintln!("skipped: no recorded truth at {}", path.display());
    }
    read.ok()
}
