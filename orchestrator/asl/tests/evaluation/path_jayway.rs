//! Paths against the recorded answers of Jayway's `JsonPath` 3.0.0.

use asl::path::Path;
use asl::{Payload, Scope};
use serde_json::{Map, Value};

#[test]
fn every_recorded_path_is_answered_as_jayway_does() {
    let Some(cases) = crate::support::recorded("jayway/cases.jsonl") else { return };
    let store = crate::support::recorded("jayway/store.json").expect("it stands beside the cases");
    let store = in_java_order(Payload::parse(store).unwrap().value());
    let store = Payload::from_value(store);
    let mut failures = Vec::new();
    let mut total = 0;
    for line in cases.lines() {
        total += 1;
        let case: Value = Payload::parse(line).unwrap().value().clone();
        if let Err(difference) = check(&case, &store) {
            failures.push(format!("{}: {difference}", case["path"]));
        }
    }
    assert!(total > 50, "only {total} cases were found");
    assert!(failures.is_empty(), "{} of {total} differ:\n{}", failures.len(), failures.join("\n"));
}

fn check(case: &Value, store: &Payload) -> Result<(), String> {
    let text = case["path"].as_str().expect("a case has a path");
    let refused = || format!("Invalid path '{text}' : {}", case["msg"].as_str().unwrap_or(""));
    let path = match Path::parse_as_jayway(text) {
        Ok(path) => path,
        Err(error) if case["err"] == "InvalidPathException" => {
            return same(&Value::from(error.message), &case["msg"]);
        }
        Err(error) => return Err(error.to_string()),
    };
    same(&Value::from(path.is_definite()), &case["definite"])?;
    let context = crate::support::context();
    match path.query(&Scope::new(store, &context)) {
        Ok(value) if case.get("err").is_none() => same(&value, &case["ok"]),
        Ok(value) => Err(format!("found {value} instead of an error")),
        Err(error) => same(&Value::from(error.cause), &Value::from(refused())),
    }
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
