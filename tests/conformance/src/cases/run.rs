//! How AWS ran a state machine, and how we do: status, outcome, and every event of the history.

use asl::{Payload, StateMachine};
use chrono::{DateTime, Utc};
use execution::Status;
use execution::event::{Settings, StartedBy};
use execution::simulated::Simulated;
use execution::trigger::Start;
use serde_json::{Value, json};

use super::case::Case;
use super::{Marks, aws_json, compare, worker};

/// A run that takes more steps than this goes nowhere.
const STEPS_MAX: usize = 10_000;

/// When the recordings took place, as their own timestamps tell.
pub(crate) const RECORDED_AT: &str = "2026-11-23T06:17:25Z";

pub(crate) fn judge(case: &Case) -> Marks {
    let machine = match StateMachine::parse(&case.definition) {
        Ok(machine) => machine,
        Err(faults) => {
            let words: Vec<_> = faults.iter().map(ToString::to_string).collect();
            return Marks::none_of(
                case,
                format!("the definition is refused: {}", words.join("; ")),
            );
        }
    };
    let input = match Payload::parse(case.input.as_deref().unwrap_or("{}")) {
        Ok(input) => input,
        Err(error) => return Marks::none_of(case, format!("the input is refused: {error}")),
    };
    let at: DateTime<Utc> = RECORDED_AT.parse().expect("a constant timestamp");
    let mut simulated = Simulated::new(machine, at);
    if let Err(refusal) = simulated.start(start(case, input)) {
        return Marks::none_of(case, format!("the start is refused: {refusal}"));
    }
    let mut answers = worker::Answers::of(case);
    drive(&mut simulated, &mut answers);
    let mut marks = compare_run(case, &simulated);
    if simulated.execution != simulated.replayed() {
        marks.status = Some(false);
        marks.differences.push("the fold of the rows is another execution".to_owned());
    }
    marks
}

/// To its end, or until nothing is left that could move it.
fn drive(simulated: &mut Simulated, answers: &mut worker::Answers) {
    for _ in 0..STEPS_MAX {
        let goes_on = simulated.is_running()
            && (answers.serve(simulated) || run_child(simulated, answers) || simulated.fire_next());
        if !goes_on {
            break;
        }
    }
}

/// Runs the next child of a Distributed Map, where there is one.
fn run_child(parent: &mut Simulated, answers: &mut worker::Answers) -> bool {
    let Some(mut child) = parent.begin_child() else { return false };
    drive(&mut child, answers);
    parent.end_child(&child)
}

pub(crate) fn start(case: &Case, input: Payload) -> Start {
    let role = "arn:aws:iam::111111111111:role/role".to_owned();
    Start {
        name: "run-1".to_owned(),
        execution_arn: "arn:aws:states:us-east-1:111111111111:execution:machine:run-1".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:111111111111:stateMachine:machine".to_owned(),
        started_by: StartedBy::default(),
        machine_name: "machine".to_owned(),
        role_arn: case.role.clone().unwrap_or(role),
        settings: Settings::default(),
        parent: None,
        input,
        processor: None,
        express: None,
    }
}

pub(crate) fn compare_run(case: &Case, simulated: &Simulated) -> Marks {
    let history = aws_json::history(&simulated.public_history());
    let ours = outcome(simulated, &history);
    compare_ended(case, &ours, &history)
}

/// `ours`: status, output, error and cause.
pub fn compare_ended(case: &Case, ours: &Value, history: &[Value]) -> Marks {
    let expected = &case.expected;
    let fields = [
        ("status", &expected.status),
        ("output", &expected.output),
        ("error", &expected.error),
        ("cause", &expected.cause),
    ];
    let mut marks = Marks::default();
    for (field, expected) in fields {
        let Some(expected) = expected else { continue };
        let ours = compare::as_recorded(expected, &ours[field]);
        let found = compare::difference(expected, &ours);
        if field == "status" {
            marks.status = Some(found.is_none());
        }
        marks.differences.extend(found.map(|found| format!("{field}{found}")));
    }
    // One that was recorded while it ran on has no end to compare.
    marks.outcome = marks.status.map(|_| marks.differences.is_empty());
    if let Some(events) = &expected.history {
        let length = if marks.status.is_none() { events.len() } else { history.len() };
        let found = compare::histories(events, &history[..length.min(history.len())]);
        marks.history = Some(found.is_empty());
        marks.differences.extend(found);
    }
    marks
}

fn outcome(simulated: &Simulated, history: &[Value]) -> Value {
    let status = match simulated.execution.status() {
        Status::Running => "RUNNING",
        Status::Succeeded => "SUCCEEDED",
        Status::Failed => "FAILED",
        Status::TimedOut => "TIMED_OUT",
        Status::Aborted => "ABORTED",
    };
    let last = history.last().cloned().unwrap_or_default();
    let of = |details: &str, field: &str| last[details][field].clone();
    let failed = "executionFailedEventDetails";
    json!({
        "status": status,
        "output": of("executionSucceededEventDetails", "output"),
        "error": of(failed, "error"),
        "cause": of(failed, "cause"),
    })
}
