//! JSONata's own test suite, as it was recorded.
use jsonata::{Error, Expression, Frame};
use serde_json::Value;

use crate::support::{evaluate, recorded, report, same};

/// Cases that are answered otherwise, and why. One that begins to pass must leave the list.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("range-operator/case024", "ten million numbers are more than an evaluation may hold"),
    (
        "tail-recursion/case002",
        "the depth at which it fails is a setting of the suite's own runner",
    ),
];

/// Of a hundred cases so many are answered as jsonata-js answers them, at least.
const FLOOR: f64 = 99.5;

#[test]
fn the_suite_is_answered_as_jsonata_js_answers_it() {
    let Some(cases) = recorded("jsonata/cases.jsonl") else { return };
    let mut total = 0;
    let mut failed = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        total += 1;
        if let Err(difference) = check(&case) {
            failed.push((case["id"].as_str().expect("a case has an id").to_owned(), difference));
        }
    }
    assert!(total > 100, "only {total} cases were found");
    let passed = total - failed.len();
    report(&format!("jsonata {passed}/{total}"));
    let unexpected: Vec<_> =
        failed.iter().filter(|(id, _)| !EXCEPTIONS.iter().any(|(it, _)| it == id)).collect();
    assert!(unexpected.is_empty(), "{} differ:\n{unexpected:#?}", unexpected.len());
    let mended: Vec<_> = EXCEPTIONS
        .iter()
        .filter(|(id, _)| {
            cases.contains(&format!("{id:?}")) && !failed.iter().any(|(it, _)| it == id)
        })
        .collect();
    assert!(mended.is_empty(), "these pass, and are no exceptions any more: {mended:?}");
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let share = passed as f64 * 100.0 / total as f64;
    assert!(share >= FLOOR, "{passed} of {total} pass, which is less than {FLOOR} %");
}

fn check(case: &Value) -> Result<(), String> {
    let expected = || if case["error"].is_null() { &case["code"] } else { &case["error"] };
    let outcome = match Expression::compile(case["expr"].as_str().expect("it has an expression")) {
        Ok(expression) => {
            let bindings = case["bindings"].as_object().expect("it has bindings");
            let bindings = bindings.iter().map(|(name, value)| (name.as_str(), value));
            evaluate(&expression, &Frame::plain(case.get("input"), bindings))
        }
        Err(error) if expected() == &Value::from(error.code.as_str()) => return Ok(()),
        Err(error) => return Err(format!("does not compile: {}: {error}", error.code)),
    };
    match (outcome, expected().as_str()) {
        (Err(Error::Thrown { code, .. }), Some(expected)) if code == expected => Ok(()),
        (outcome, Some(expected)) => Err(format!("{outcome:?} instead of {expected}")),
        (Ok(None), None) if case["undefined"] == true => Ok(()),
        (Ok(Some(result)), None) if fits(&result, case) => Ok(()),
        // A function as a result is what the suite writes as undefined where it can't be JSON.
        (outcome, None) => Err(format!("{outcome:?} instead of {}", case["result"])),
    }
}

fn fits(result: &Value, case: &Value) -> bool {
    if case["unordered"] == true {
        return same(&sorted(result), &sorted(&case["result"]));
    }
    case.get("result").is_some_and(|expected| same(result, expected))
}

fn sorted(value: &Value) -> Value {
    let mut items = value.as_array().cloned().unwrap_or_default();
    items.sort_by_key(ToString::to_string);
    Value::Array(items)
}
