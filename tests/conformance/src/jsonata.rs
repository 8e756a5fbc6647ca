//! Expressions against JSONata's own test suite.

use std::io;

use chrono::DateTime;
use jsonata::{Draw, Env, Error, Expression, Frame};
use serde_json::Value;

use crate::{Count, Recorded, Tally};

pub fn measure(recorded: &Recorded, tally: &mut Tally) -> io::Result<()> {
    for case in recorded.lines("jsonata/cases.jsonl")? {
        let id = case["id"].as_str().unwrap_or_default();
        let area = case["group"].as_str().unwrap_or_default();
        if case["expr"].as_str().is_some_and(|expression| expression.contains("$eval(")) {
            tally.not_run("calls $eval, which AWS does not have".to_owned(), id);
            continue;
        }
        let difference = check(&case).err();
        let count = Count { corpus: "jsonata", area, mark: "result", id };
        tally.count(count, difference.is_none());
        tally.differs(id, difference.into_iter().collect());
    }
    Ok(())
}

/// The case gives a result, `undefined`, or the code of an error.
fn check(case: &Value) -> Result<(), String> {
    match (evaluate(case), case.get("error").and_then(Value::as_str)) {
        (Err(code), Some(expected)) if code == expected => Ok(()),
        (Err(code), expected) => {
            Err(format!("{code} instead of {}", expected.unwrap_or("a result")))
        }
        (Ok(result), Some(expected)) => {
            Err(format!("{} instead of {expected}", shown(result.as_ref())))
        }
        (Ok(None), None) if case["undefined"] == true => Ok(()),
        (Ok(Some(result)), None) if is_recorded(case, &result) => Ok(()),
        (Ok(result), None) => {
            Err(format!("{} instead of {}", shown(result.as_ref()), shown(case.get("result"))))
        }
    }
}

/// Its result, or the code of its error.
fn evaluate(case: &Value) -> Result<Option<Value>, String> {
    let expression = Expression::compile(case["expr"].as_str().unwrap_or_default())
        .map_err(|error| error.code)?;
    let bindings = case["bindings"].as_object().into_iter().flatten();
    let bindings = bindings.map(|(name, value)| (name.as_str(), value));
    let frame = Frame::of_document(case.get("input"), bindings);
    let mut draw = Draw::new(1);
    let now = DateTime::UNIX_EPOCH;
    let result = expression.evaluate(&frame, &mut Env { now, draw: &mut draw });
    result.map_err(|error| match error {
        Error::Thrown { code, .. } => code,
        Error::Unsupported => error.to_string(),
    })
}

fn is_recorded(case: &Value, result: &Value) -> bool {
    let Some(expected) = case.get("result") else { return false };
    match (expected.as_array(), result.as_array()) {
        (Some(expected), Some(result)) if case["unordered"] == true => {
            let mut rest: Vec<&Value> = result.iter().collect();
            let taken = expected.iter().all(|expected| {
                let found = rest.iter().position(|it| equal(expected, it));
                found.map(|index| rest.remove(index)).is_some()
            });
            taken && rest.is_empty()
        }
        _ => equal(expected, result),
    }
}

/// Numbers by their value: JSONata has no other.
fn equal(expected: &Value, result: &Value) -> bool {
    match (expected, result) {
        (Value::Number(expected), Value::Number(result)) => expected.as_f64() == result.as_f64(),
        (Value::Array(expected), Value::Array(result)) => {
            expected.len() == result.len()
                && expected.iter().zip(result).all(|(expected, result)| equal(expected, result))
        }
        (Value::Object(expected), Value::Object(result)) => {
            expected.len() == result.len()
                && expected.iter().all(|(name, expected)| {
                    result.get(name).is_some_and(|result| equal(expected, result))
                })
        }
        _ => expected == result,
    }
}

fn shown(value: Option<&Value>) -> String {
    let mut text = value.map_or_else(|| "undefined".to_owned(), Value::to_string);
    if text.len() > 200 {
        text = text.chars().take(200).collect();
    }
    text
}
