//! Definitions that `CreateStateMachine` must refuse, in AWS's words.

use asl::{Severity, StateMachine};
use serde_json::{Value, json};

use super::Marks;
use super::case::Case;
use super::compare;

pub(super) fn judge(case: &Case) -> Marks {
    let mut faults = StateMachine::check_as(case.machine_type(), &case.definition);
    faults.retain(|it| it.severity == Severity::Error);
    let Some(first) = faults.first() else {
        return Marks::none_of(case, "accepted".to_owned());
    };
    let error = Value::from("InvalidDefinition");
    let causes: Vec<Value> = faults
        .iter()
        .map(|it| json!(format!("Invalid State Machine Definition: '{it}'")))
        .collect();
    let mut differences = Vec::new();
    if let Some(expected) = &case.expected.error {
        differences.extend(compare::difference(expected, &error).map(|it| format!("error{it}")));
    }
    if let Some(expected) = case.expected.cause.as_ref().filter(|_| !case.not_aws_text)
        && !causes.iter().any(|cause| compare::difference(expected, cause).is_none())
    {
        differences.push(format!("cause: expected {expected}, got {first}"));
    }
    Marks { status: Some(true), outcome: Some(differences.is_empty()), history: None, differences }
}
