//! Choice operators against what AWS answered: the recorded cases of one rule with one comparison.

use asl::path::Path;
use asl::states::{Comparison, Condition, Kind, Operand, Order, Pattern};
use asl::{Payload, Scope, timestamp};
use serde_json::Value;

use crate::support;

#[test]
fn every_recorded_comparison_holds_where_it_did_on_aws() {
    let Some(cases) = support::recorded("asl/cases.jsonl") else { return };
    let mut total = 0;
    let mut failures = Vec::new();
    for line in cases.lines() {
        let case = Payload::parse(line).unwrap().value().clone();
        if case["area"] != "choice_operators" {
            continue;
        }
        total += 1;
        let expected = &case["expected"]["output"]["TestResult.$"];
        let answer = answer(&case);
        if &answer != expected {
            failures.push(format!("{}: {answer} instead of {expected}", case["id"]));
        }
    }
    assert!(total > 200, "only {total} cases were found");
    assert!(failures.is_empty(), "{} of {total} differ:\n{}", failures.len(), failures.join("\n"));
}

/// The state that the case's Choice leads to.
fn answer(case: &Value) -> Value {
    let definition = Payload::parse(case["definition"].as_str().unwrap()).unwrap();
    let states = definition.value()["States"].as_object().unwrap();
    let choice = states.values().find(|state| state["Type"] == "Choice").unwrap();
    let rule = &choice["Choices"][0];
    let input = Payload::parse(case["input"].as_str().unwrap()).unwrap();
    let holds = condition(rule).holds(&Scope::new(&input, &support::context())).unwrap();
    if holds { rule["Next"].clone() } else { choice["Default"].clone() }
}

fn condition(rule: &Value) -> Condition {
    let fields = rule.as_object().unwrap().iter();
    let mut comparators = fields.filter(|(name, _)| !matches!(name.as_str(), "Variable" | "Next"));
    let (comparator, operand) = comparators.next().expect("a rule has a comparator");
    let variable = Path::parse(rule["Variable"].as_str().unwrap()).unwrap();
    Condition::Compare { variable, comparison: comparison(comparator, operand) }
}

fn comparison(comparator: &str, operand: &Value) -> Comparison {
    if let Some(kind) = comparator.strip_prefix("Is") {
        return Comparison::Is { kind: kind_named(kind), expected: operand.as_bool().unwrap() };
    }
    if comparator == "StringMatches" {
        return Comparison::Matches(Pattern::parse(operand.as_str().unwrap()).unwrap());
    }
    let (name, path) = match comparator.strip_suffix("Path") {
        Some(name) => (name, Some(Path::parse(operand.as_str().unwrap()).unwrap())),
        None => (comparator, None),
    };
    let order = order_of(name);
    if name.starts_with("String") {
        let operand = path
            .map_or_else(|| Operand::Literal(operand.as_str().unwrap().to_owned()), Operand::Path);
        Comparison::String { order, operand }
    } else if name.starts_with("Numeric") {
        let number = || Operand::Literal(operand.as_number().unwrap().clone());
        Comparison::Numeric { order, operand: path.map_or_else(number, Operand::Path) }
    } else if name.starts_with("Boolean") {
        let flag = || Operand::Literal(operand.as_bool().unwrap());
        Comparison::Boolean { operand: path.map_or_else(flag, Operand::Path) }
    } else {
        assert!(name.starts_with("Timestamp"), "{comparator} is unknown");
        let instant = || Operand::Literal(timestamp::parse(operand.as_str().unwrap()).unwrap());
        Comparison::Timestamp { order, operand: path.map_or_else(instant, Operand::Path) }
    }
}

fn order_of(comparator: &str) -> Order {
    let orders = [
        ("GreaterThanEquals", Order::GreaterThanEquals),
        ("LessThanEquals", Order::LessThanEquals),
        ("GreaterThan", Order::GreaterThan),
        ("LessThan", Order::LessThan),
        ("Equals", Order::Equals),
    ];
    orders.into_iter().find(|(name, _)| comparator.ends_with(name)).expect("it is known").1
}

fn kind_named(name: &str) -> Kind {
    match name {
        "Null" => Kind::Null,
        "Present" => Kind::Present,
        "Numeric" => Kind::Numeric,
        "String" => Kind::String,
        "Boolean" => Kind::Boolean,
        "Timestamp" => Kind::Timestamp,
        _ => panic!("Is{name} is unknown"),
    }
}
