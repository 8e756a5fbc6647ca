//! What variables take: limits on one `Assign` and on an execution, and one copy of each value.

use asl::StateMachine;
use execution::Status;
use execution::simulated::Simulated;

/// A chain of Pass states, each of which keeps the whole input in a variable of its own.
fn keep_often(states: usize) -> StateMachine {
    let state = |index: usize| {
        let end = if index + 1 == states {
            r#""End": true"#.to_owned()
        } else {
            format!(r#""Next": "S{}""#, index + 1)
        };
        format!(r#""S{index}": {{"Type": "Pass", "Assign": {{"v{index}.$": "$"}}, {end}}}"#)
    };
    let states: Vec<String> = (0..states).map(state).collect();
    let definition = format!(r#"{{"StartAt": "S0", "States": {{{}}}}}"#, states.join(","));
    StateMachine::parse(&definition).expect("the test's definition is valid")
}

fn run_to_end(machine: StateMachine, input: &str) -> Simulated {
    let noon = "2026-11-24T12:00:00Z".parse().unwrap();
    let mut simulated = Simulated::new(machine, noon);
    simulated.start(crate::start(input)).unwrap();
    assert_eq!(simulated.replayed(), simulated.execution);
    simulated
}

fn last_of(simulated: &Simulated) -> String {
    format!("{:?}", simulated.events().last().unwrap().kind)
}

#[test]
fn the_variables_of_an_execution_have_a_limit() {
    // Given a text of 250,000 bytes: 41 of them fit into 10 MiB, 42 do not.
    let input = format!("{:?}", "x".repeat(250_000 - 2));
    assert_eq!(run_to_end(keep_often(41), &input).execution.status(), Status::Succeeded);
    let over = run_to_end(keep_often(42), &input);
    assert_eq!(over.execution.status(), Status::Failed);
    let last = last_of(&over);
    assert!(last.contains("States.DataLimitExceeded"), "{last}");
    assert!(last.contains("would take 10500000 bytes, more than the 10485760"), "{last}");
}

#[test]
fn what_one_assign_sets_is_no_larger_than_a_payload() {
    // Given a state that keeps its input twice.
    let definition = r#"{"StartAt": "A", "States": {"A": {
        "Type": "Pass", "Assign": {"x.$": "$", "y.$": "$"}, "OutputPath": null, "End": true}}}"#;
    let machine = || StateMachine::parse(definition).expect("the test's definition is valid");
    // Then half of 256 KiB is well, and a byte more is not.
    let text = |bytes: usize| format!("{:?}", "x".repeat(bytes - 2));
    let fits = run_to_end(machine(), &text(131_072));
    assert_eq!(fits.execution.status(), Status::Succeeded);
    let over = run_to_end(machine(), &text(131_073));
    let last = last_of(&over);
    assert!(last.contains("States.DataLimitExceeded"), "{last}");
    assert!(last.contains("take 262146 bytes together, more than the 262144"), "{last}");
}

#[test]
fn a_value_that_is_kept_and_passed_on_is_written_once() {
    let input = format!("{:?}", "x".repeat(100_000));
    let simulated = run_to_end(keep_often(9), &input);
    let bytes: usize = simulated.rows.iter().map(|row| row.bytes.len()).sum();
    assert!(bytes < 110_000 * simulated.rows.len(), "{bytes} in {} rows", simulated.rows.len());
}
