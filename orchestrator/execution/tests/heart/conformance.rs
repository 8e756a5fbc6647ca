//! How AWS ran the recorded state machines, and how we do: status, outcome, and every event of the history.

mod aws_json;
mod compare;
mod recorded;
mod worker;

use asl::StateMachine;
use chrono::{DateTime, Utc};
use execution::event::{Failure, Settings};
use serde_json::{Value, json};

use crate::simulated::Simulated;
use recorded::Case;

/// Cases that need nothing but the orchestrator and differ, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "v2/scenarios/test_base_scenarios.py::TestBaseScenarios::test_escape_sequence_parsing[ESCAPE_SEQUENCES_JSONPATH]#get_execution_history",
        "a backslash within a quoted name: we read it as the recorded Jayway 3.0.0 does, AWS keeps it",
    ),
    (
        "v2/scenarios/test_base_scenarios.py::TestBaseScenarios::test_parallel_state_nested#get_execution_history",
        "the recording lacks the inner Parallel's ParallelStateExited, whose id its own numbers leave free",
    ),
];

/// Cases whose tasks are answered from the recording and differ, with the reason.
const EXCEPTIONS_WITH_WORKER: &[(&str, &str)] = &[
    (
        "v2/error_handling/test_states_errors.py::TestStatesErrors::test_service_task_lambada_catch_state_all_data_limit_exceeded_on_large_utf8_response#get_execution_history",
        "our choice, as AWS's documentation says: States.ALL does not match States.DataLimitExceeded; the recording does",
    ),
    (
        "v2/error_handling/test_states_errors.py::TestStatesErrors::test_task_lambda_catch_state_all_data_limit_exceeded_on_large_utf8_response#get_execution_history",
        "our choice, as AWS's documentation says: States.ALL does not match States.DataLimitExceeded; the recording does",
    ),
    (
        "v2/scenarios/test_base_scenarios.py::TestBaseScenarios::test_lambda_invoke_with_retry_extended_input#get_execution_history",
        "recorded before $$.Execution.RedriveCount existed",
    ),
];

/// When the recordings took place, as their own timestamps tell.
fn recorded_at() -> DateTime<Utc> {
    "2026-11-23T06:17:25Z".parse().unwrap()
}

#[test]
fn self_contained_state_machines_run_as_on_aws() {
    let Some(cases) = recorded::cases() else { return };
    let cases = cases.into_iter().filter(|case| case.needs.is_empty());
    check(&cases.collect::<Vec<_>>(), EXCEPTIONS);
}

#[test]
fn tasks_answered_as_recorded_lead_where_they_led_on_aws() {
    let Some(cases) = recorded::cases() else { return };
    let served = |case: &Case| case.needs == ["lambda"] || case.needs == ["activity"];
    check(&cases.into_iter().filter(served).collect::<Vec<_>>(), EXCEPTIONS_WITH_WORKER);
}

#[derive(Default)]
struct Marks {
    status: usize,
    outcome: usize,
    history: usize,
    histories: usize,
}

fn check(cases: &[Case], exceptions: &[(&str, &str)]) {
    assert!(!cases.is_empty(), "the recording holds such cases");
    let mut marks = Marks::default();
    let (mut faults, mut obsolete) = (Vec::new(), Vec::new());
    for case in cases {
        let differences = run(case, &mut marks);
        let is_excepted = exceptions.iter().any(|(id, _)| *id == case.id);
        if is_excepted && differences.is_empty() {
            obsolete.push(case.id.clone());
        } else if !is_excepted && !differences.is_empty() {
            faults.push(format!("{}\n    {}", case.id, differences.join("\n    ")));
        }
    }
    let Marks { status, outcome, history, histories } = marks;
    let of = cases.len();
    println!("status {status}/{of}  outcome {outcome}/{of}  history {history}/{histories}");
    assert!(obsolete.is_empty(), "these agree now, strike them from the exceptions: {obsolete:#?}");
    assert!(faults.is_empty(), "{} of {of} cases differ:\n{}", faults.len(), faults.join("\n"));
}

/// What differs from the recording.
fn run(case: &Case, marks: &mut Marks) -> Vec<String> {
    let machine = match StateMachine::parse(&case.definition) {
        Ok(machine) => machine,
        Err(faults) => return vec![format!("the definition is refused: {faults:?}")],
    };
    let mut simulated = Simulated::new(machine, recorded_at());
    simulated.start(&case.input, Settings::default());
    let mut answers = worker::Answers::of(case);
    for _ in 0..10_000 {
        if !simulated.is_running() || !(answers.serve(&mut simulated) || simulated.fire_next()) {
            break;
        }
    }
    assert_eq!(
        simulated.execution,
        simulated.replayed(),
        "{}: the fold of the rows differs",
        case.id
    );
    judge(case, &simulated, marks)
}

fn judge(case: &Case, simulated: &Simulated, marks: &mut Marks) -> Vec<String> {
    let history = aws_json::history(&simulated.public_history());
    let mut differences = Vec::new();
    let ours = outcome(simulated, &history);
    let mut differs = |what: &str, expected: &Value, ours: &Value| {
        let difference = compare::difference(expected, ours);
        let equal = difference.is_none();
        differences.extend(difference.map(|difference| format!("{what}{difference}")));
        equal
    };
    let mut equal = true;
    for (index, field) in ["status", "output", "error", "cause"].into_iter().enumerate() {
        if let Some(expected) = case.expected.get(field) {
            let ours = as_recorded(expected, &ours[field]);
            equal &= differs(field, expected, &ours);
        }
        if index == 0 {
            marks.status += usize::from(equal);
        }
    }
    marks.outcome += usize::from(equal);
    if let Some(Value::Array(expected)) = case.expected.get("history") {
        marks.histories += 1;
        // Without a status it was recorded while it still ran.
        let ran_on = !case.expected.contains_key("status");
        let length = if ran_on { expected.len() } else { history.len() };
        let found = compare::histories(expected, &history[..length.min(history.len())]);
        marks.history += usize::from(found.is_empty());
        differences.extend(found);
    }
    differences
}

/// An output that is a scalar was recorded as its value.
fn as_recorded(expected: &Value, ours: &Value) -> Value {
    let parsed = ours.as_str().and_then(|text| serde_json::from_str(text).ok());
    match (expected, parsed) {
        (Value::Object(_) | Value::Array(_), _) | (_, None) => ours.clone(),
        (_, Some(_)) if expected == ours => ours.clone(),
        (_, Some(parsed)) => parsed,
    }
}

fn outcome(simulated: &Simulated, history: &[Value]) -> Value {
    let status = match simulated.execution.status() {
        execution::Status::Running => "RUNNING",
        execution::Status::Succeeded => "SUCCEEDED",
        execution::Status::Failed => "FAILED",
        execution::Status::TimedOut => "TIMED_OUT",
        execution::Status::Aborted => "ABORTED",
    };
    let last = history.last().expect("an execution that started has a history");
    let details =
        |name: &str, field: &str| last.get(name).and_then(|details| details.get(field)).cloned();
    let failed = "executionFailedEventDetails";
    json!({
        "status": status,
        "output": details("executionSucceededEventDetails", "output"),
        "error": details(failed, "error"),
        "cause": details(failed, "cause"),
    })
}

/// Of a recorded event's details.
fn failure_of(details: &Value) -> Failure {
    let text = |field: &str| match details.get(field) {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(document) => Some(document.to_string()),
    };
    Failure { error: text("error"), cause: text("cause") }
}
