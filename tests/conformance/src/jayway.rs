//! Paths against the recorded answers of Jayway's `JsonPath` 3.0.0.

use std::io;
use std::sync::Arc;

use asl::context::ExecutionContext;
use asl::path::Path;
use asl::{Context, Payload, Scope};
use serde_json::{Map, Value};

use crate::{Count, Recorded, Tally};

pub fn measure(recorded: &Recorded, tally: &mut Tally) -> io::Result<()> {
    let store: Value = serde_json::from_str(&recorded.text("jayway/store.json")?)?;
    let store = Payload::from_value(in_java_order(&store));
    for case in recorded.lines("jayway/cases.jsonl")? {
        let id = case["path"].as_str().unwrap_or_default();
        let differs = check(&case, &store).err();
        let count = Count { corpus: "jayway", area: "paths", mark: "answer", id };
        tally.count(count, differs.is_none());
        tally.differs(id, differs.into_iter().collect());
    }
    Ok(())
}

fn check(case: &Value, store: &Payload) -> Result<(), String> {
    let text = case["path"].as_str().unwrap_or_default();
    let refused = || format!("Invalid path '{text}' : {}", case["msg"].as_str().unwrap_or(""));
    let path = match Path::parse_as_jayway(text) {
        Ok(path) => path,
        Err(error) if case["err"] == "InvalidPathException" => {
            return same(&Value::from(error.message), &case["msg"]);
        }
        Err(error) => return Err(error.to_string()),
    };
    same(&Value::from(path.is_definite()), &case["definite"])?;
    let context = context();
    match path.query(&Scope::new(store, &context)) {
        Ok(value) if case.get("err").is_none() => same(&value, &case["ok"]),
        Ok(value) => Err(format!("found {value} instead of an error")),
        Err(error) => same(&Value::from(error.cause), &Value::from(refused())),
    }
}

/// A context object; the recorded paths do not look at it.
fn context() -> Context {
    let execution = ExecutionContext {
        id: String::new(),
        input: Payload::from_value(Value::Null),
        name: String::new(),
        role_arn: String::new(),
        started_at: chrono::DateTime::UNIX_EPOCH,
        redrive_count: 0,
        redriven_at: None,
        machine_id: String::new(),
        machine_name: String::new(),
    };
    Context::new(Arc::new(execution), "".into(), chrono::DateTime::UNIX_EPOCH)
}

fn same(answer: &Value, expected: &Value) -> Result<(), String> {
    if answer == expected { Ok(()) } else { Err(format!("{answer}\n  instead of {expected}")) }
}

/// Jayway's default provider keeps objects in Java's `HashMap`: wildcards and scans visit fields in its order.
fn in_java_order(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(in_java_order).collect(),
        Value::Object(fields) => {
            let mut capacity = 16;
            while fields.len() * 4 > capacity * 3 {
                capacity *= 2;
            }
            let mut sorted: Vec<_> = fields.iter().collect();
            // Stable: within a bucket, the order of insertion.
            sorted.sort_by_key(|(name, _)| bucket(name, capacity));
            let ordered: Map<String, Value> = sorted
                .into_iter()
                .map(|(name, value)| (name.clone(), in_java_order(value)))
                .collect();
            Value::Object(ordered)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn bucket(name: &str, capacity: usize) -> usize {
    let hash = name
        .encode_utf16()
        .fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    (hash ^ (hash >> 16)) as usize & (capacity - 1)
}
