//! What is large stays in step: a bound on every decision, and work that grows with the number of items and no faster.

use std::fmt::Write as _;

use asl::{Payload, StateMachine};
use chrono::{DateTime, Utc};
use execution::event::Failure;
use execution::simulated::Simulated;
use execution::{PAYLOAD_BYTES_MAX, Status, TRANSITIONS_MAX, Trigger};

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn started(definition: &str, input: &str) -> Simulated {
    let machine = StateMachine::parse(definition).expect("the test's definition is valid");
    let mut simulated = Simulated::new(machine, noon());
    simulated.start(crate::start(input)).unwrap();
    simulated
}

#[test]
fn ten_thousand_iterations_end_with_their_results_in_order() {
    let mut simulated = started(
        r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
            "StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "work", "End": true}}}}}}"#,
        &format!("{:?}", (0..10_000).collect::<Vec<_>>()),
    );
    let mut tasks = simulated.open_tasks();
    assert_eq!(tasks.len(), 10_000);
    // The last comes first.
    tasks.reverse();
    for (_, task) in tasks {
        let wait = task.wait;
        simulated.send(Trigger::TaskTaken { wait, worker: None, is_silent: false }).unwrap();
        simulated.send(Trigger::TaskSucceeded { wait, output: task.payload }).unwrap();
    }
    assert_eq!(simulated.execution.status(), Status::Succeeded);
    let mut expected = String::from("[0");
    for item in 1..10_000 {
        write!(expected, ",{item}").unwrap();
    }
    let output = simulated.events().last().and_then(|event| event.payload.clone());
    assert_eq!(output.as_ref().map(Payload::text), Some(format!("{expected}]").as_str()));
    assert_eq!(simulated.replayed(), simulated.execution);
}

/// A Choice that goes back to itself.
fn endless() -> Simulated {
    let machine = r#"{"StartAt": "Again", "States": {"Again": {"Type": "Choice",
        "Choices": [{"Variable": "$.go", "BooleanEquals": true, "Next": "Again"}], "Default": "End"}, "End": {"Type": "Succeed"}}}"#;
    let machine = StateMachine::parse(machine).expect("the test's definition is valid");
    Simulated::new(machine, noon())
}

#[test]
fn a_choice_that_loops_for_ever_gives_way_after_a_bounded_number_of_transitions() {
    let mut simulated = endless();
    let start = Trigger::Start(Box::new(crate::start(r#"{"go": true}"#)));
    let mut decision = simulated.send_once(start).unwrap();
    for _ in 0..20 {
        assert!(decision.more, "it never ends");
        assert!(decision.events.len() <= TRANSITIONS_MAX + 1);
        decision = simulated.send_once(Trigger::Resume).unwrap();
    }
    simulated.send_once(Trigger::Stop { failure: Failure::default() }).unwrap();
    assert_eq!(simulated.execution.status(), Status::Aborted);
}

#[test]
fn a_decision_that_carries_much_ends_early() {
    let mut simulated = endless();
    let input = format!(r#"{{"go": true, "much": "{}"}}"#, "a".repeat(200_000));
    let start = Trigger::Start(Box::new(crate::start(&input)));
    let decision = simulated.send_once(start).unwrap();
    let payloads = decision.events.iter().filter_map(|event| event.payload.as_ref());
    let bytes: usize = payloads.map(|payload| payload.text().len()).sum();
    assert!(decision.more && bytes < PAYLOAD_BYTES_MAX + 2 * input.len(), "{bytes} bytes");
    // All payloads are the same one: it stands in the row once.
    assert!(simulated.rows[0].bytes.len() < input.len() + 10_000);
}

/// Some hundred thousand steps each: none comes to its end alone, and together they would take minutes.
const DEAR: &str = "{% $count([1..20000][$ % 2 = 0]) %}";

#[test]
fn all_that_a_state_evaluates_has_one_end_and_can_be_caught() {
    let output = format!("[{}]", vec![format!("\"{DEAR}\""); 2_000].join(","));
    let simulated = started(
        &format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "Dear", "States": {{
                "Dear": {{"Type": "Parallel", "End": true, "Branches": [{{"StartAt": "In", "States": {{
                    "In": {{"Type": "Pass", "Output": {output}, "End": true}}}}}}],
                    "Catch": [{{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Caught",
                        "Output": "{{% $states.errorOutput.Cause %}}"}}]}},
                "Caught": {{"Type": "Succeed"}}}}}}"#
        ),
        "{}",
    );
    assert_eq!(simulated.execution.status(), Status::Succeeded);
    let output = simulated.events().last().and_then(|event| event.payload.clone()).unwrap();
    assert!(output.text().contains("D1012"), "{}", output.text());
}

#[test]
fn a_decision_that_evaluates_much_ends_early() {
    let machine = format!(
        r#"{{"QueryLanguage": "JSONata", "StartAt": "Again", "States": {{
            "Again": {{"Type": "Pass", "Output": "{DEAR}", "Next": "Asks"}},
            "Asks": {{"Type": "Choice", "Choices": [{{"Condition": "{{% true %}}", "Next": "Again"}}], "Default": "End"}},
            "End": {{"Type": "Succeed"}}}}}}"#
    );
    let machine = StateMachine::parse(&machine).expect("the test's definition is valid");
    let mut simulated = Simulated::new(machine, noon());
    let mut decision = simulated.send_once(Trigger::Start(Box::new(crate::start("{}")))).unwrap();
    for _ in 0..3 {
        assert!(decision.more, "it never ends");
        assert!((2..200).contains(&decision.events.len()), "{} events", decision.events.len());
        decision = simulated.send_once(Trigger::Resume).unwrap();
    }
    assert_eq!(simulated.replayed(), simulated.execution);
}

/// Each item has steps of its own, as a state has; so many are begun as a decision may evaluate, and the rest in the next.
#[test]
fn items_that_are_dear_begin_one_after_the_other() {
    let machine = format!(
        r#"{{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {{"Each": {{"Type": "Map", "End": true,
            "ItemSelector": {{"n": "{DEAR}", "at": "{{% $states.context.Map.Item.Index %}}"}},
            "ItemProcessor": {{"StartAt": "In", "States": {{"In": {{"Type": "Task", "Resource": "work", "End": true}}}}}}}}}}}}"#
    );
    let machine = StateMachine::parse(&machine).expect("the test's definition is valid");
    let mut simulated = Simulated::new(machine, noon());
    let input = format!("{:?}", (0..100).collect::<Vec<_>>());
    let mut decision = simulated.send_once(Trigger::Start(Box::new(crate::start(&input)))).unwrap();
    let mut decisions = 1;
    while decision.more {
        decision = simulated.send_once(Trigger::Resume).unwrap();
        decisions += 1;
    }
    assert!(decisions > 4, "{decisions} decisions");
    let tasks = simulated.open_tasks();
    assert_eq!(tasks.len(), 100);
    let inputs: Vec<&str> = tasks.iter().map(|(_, task)| task.payload.text()).collect();
    assert!(inputs.iter().all(|input| input.contains(r#""n":10000"#)), "{inputs:?}");
}
