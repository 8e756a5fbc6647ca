//! `ValidateStateMachineDefinition`: the result and every diagnostic.

use asl::{Severity, StateMachine};
use serde_json::{Value, json};

use super::Marks;
use super::case::Case;
use super::compare;

pub(super) fn judge(case: &Case) -> Marks {
    let faults = StateMachine::check_as(case.machine_type(), &case.definition);
    let failed = faults.iter().any(|it| it.severity == Severity::Error);
    let diagnostics: Vec<Value> = faults
        .iter()
        .map(|it| {
            json!({
                "code": it.code.as_str(),
                "location": it.pointer,
                "message": it.message,
                "severity": it.severity.as_str(),
            })
        })
        .collect();
    let ours = json!({
        "result": if failed { "FAIL" } else { "OK" },
        "diagnostics": diagnostics,
        "truncated": false,
    });
    let expected = compare::without_metadata(case.expected.response.as_ref());
    let difference = compare::difference(&expected, &ours);
    Marks {
        status: Some(expected["result"] == ours["result"]),
        outcome: Some(difference.is_none()),
        history: None,
        differences: difference.into_iter().collect(),
    }
}
