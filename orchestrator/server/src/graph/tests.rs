//! Drawings of every state type, with and without an execution's path, in both languages.

use asl::StateMachine;
use everstep_proto::v1::history_event::Details;
use everstep_proto::v1::{
    ActivityScheduledEventDetails, ExecutionRedrivenEventDetails, FailureEventDetails,
    HistoryEvent, StateEnteredEventDetails, StateExitedEventDetails,
};

use super::{Drawing, Language, Taken};

const EVERY_TYPE: &str = include_str!("tests/every_type.asl.json");

fn drawn(definition: &str, taken: Option<&Taken>, language: Language) -> String {
    let machine = StateMachine::parse(definition).unwrap();
    Drawing::new(&machine, taken).write(language)
}

#[test]
fn every_state_type_is_drawn_in_mermaid() {
    insta::assert_snapshot!(drawn(EVERY_TYPE, None, Language::Mermaid));
}

#[test]
fn every_state_type_is_drawn_in_dot() {
    insta::assert_snapshot!(drawn(EVERY_TYPE, None, Language::Dot));
}

#[test]
fn the_order_pipeline_is_drawn_as_the_readme_shows_it() {
    insta::assert_snapshot!(drawn(order_pipeline::DEFINITION, None, Language::Mermaid));
}

#[test]
fn what_jsonata_computes_stands_as_it_is_written() {
    let definition = r#"{
      "QueryLanguage": "JSONata",
      "StartAt": "Large?",
      "States": {
        "Large?": {
          "Type": "Choice",
          "Choices": [
            { "Condition": "{% $states.input.sum > 100 %}", "Next": "Pause" },
            { "Condition": true, "Next": "Each" }
          ]
        },
        "Pause": { "Type": "Wait", "Seconds": "{% $states.input.seconds %}", "Next": "Each" },
        "Each": {
          "Type": "Map",
          "Items": "{% $states.input.lines[n > 0] %}",
          "MaxConcurrency": "{% $count($states.input.lines) %}",
          "ItemProcessor": { "StartAt": "Pack", "States": { "Pack": { "Type": "Pass", "End": true } } },
          "Next": "Told"
        },
        "Told": { "Type": "Fail", "Error": "{% $states.input.error %}" }
      }
    }"#;
    insta::assert_snapshot!(drawn(definition, None, Language::Mermaid));
}

/// A history in a few words: event id, previous id, type, and the state or the error.
fn history(events: &[(u64, u64, &str, &str)]) -> Vec<HistoryEvent> {
    let event = |&(id, previous_event_id, kind, word): &(u64, u64, &str, &str)| HistoryEvent {
        id,
        previous_event_id,
        timestamp: None,
        r#type: kind.to_owned(),
        details: details(kind, word),
    };
    events.iter().map(event).collect()
}

fn details(kind: &str, word: &str) -> Option<Details> {
    let (word, none) = (word.to_owned(), String::new());
    if kind.ends_with("StateEntered") {
        Some(Details::StateEntered(StateEnteredEventDetails { name: word, input: none }))
    } else if kind.ends_with("StateExited") {
        Some(Details::StateExited(StateExitedEventDetails { name: word, ..Default::default() }))
    } else if kind == "ActivityScheduled" {
        let resource = word;
        let empty = ActivityScheduledEventDetails::default();
        Some(Details::ActivityScheduled(ActivityScheduledEventDetails { resource, ..empty }))
    } else if kind == "ExecutionRedriven" {
        let details = ExecutionRedrivenEventDetails { redrive_count: 1 };
        Some(Details::ExecutionRedriven(details))
    } else if !word.is_empty() {
        Some(Details::Failure(FailureEventDetails { error: Some(word), cause: None }))
    } else {
        None
    }
}

const ONE_TASK: &str = r#"{
    "StartAt": "Stock",
    "States": {
        "Stock": {
            "Type": "Task", "Resource": "stock", "Next": "Done",
            "Retry": [{ "ErrorEquals": ["States.Timeout"], "MaxAttempts": 2 }],
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Gone" }]
        },
        "Done": { "Type": "Succeed" },
        "Gone": { "Type": "Fail", "Error": "OutOfStock" }
    }
}"#;

#[test]
fn a_caught_error_marks_the_state_the_way_and_the_retries() {
    let events = history(&[
        (1, 0, "ExecutionStarted", ""),
        (2, 0, "TaskStateEntered", "Stock"),
        (3, 2, "ActivityScheduled", "stock"),
        (4, 3, "ActivityStarted", ""),
        (5, 4, "ActivityTimedOut", "States.Timeout"),
        (6, 5, "ActivityScheduled", "stock"),
        (7, 6, "ActivityTimedOut", "States.Timeout"),
        (8, 7, "ActivityScheduled", "stock"),
        (9, 8, "ActivityTimedOut", "States.Timeout"),
        (10, 9, "TaskStateExited", "Stock"),
        (11, 10, "FailStateEntered", "Gone"),
        (12, 11, "ExecutionFailed", "OutOfStock"),
    ]);
    let taken = Taken::read(&events);
    insta::assert_snapshot!("caught_mermaid", drawn(ONE_TASK, Some(&taken), Language::Mermaid));
    insta::assert_snapshot!("caught_dot", drawn(ONE_TASK, Some(&taken), Language::Dot));
}

#[test]
fn a_retried_task_that_succeeds_has_not_failed() {
    let events = history(&[
        (1, 0, "ExecutionStarted", ""),
        (2, 0, "TaskStateEntered", "Stock"),
        (3, 2, "ActivityScheduled", "stock"),
        (4, 3, "ActivityFailed", "Broken"),
        (5, 4, "ActivityScheduled", "stock"),
        (6, 5, "ActivitySucceeded", ""),
        (7, 6, "TaskStateExited", "Stock"),
        (8, 7, "SucceedStateEntered", "Done"),
        (9, 8, "SucceedStateExited", "Done"),
        (10, 9, "ExecutionSucceeded", ""),
    ]);
    let taken = Taken::read(&events);
    insta::assert_snapshot!(drawn(ONE_TASK, Some(&taken), Language::Mermaid));
}

#[test]
fn a_state_that_was_redriven_is_open_and_then_passed_without_a_retry() {
    let mut events = vec![
        (1, 0, "ExecutionStarted", ""),
        (2, 0, "TaskStateEntered", "Stock"),
        (3, 2, "ActivityScheduled", "stock"),
        (4, 3, "ActivityFailed", "Broken"),
        (5, 4, "ExecutionFailed", "Broken"),
    ];
    let mark = |events: &[_]| Taken::read(&history(events)).mark("Stock");
    assert_eq!(mark(&events), Some(super::taken::Mark::Failed));
    events.push((6, 5, "ExecutionRedriven", ""));
    events.push((7, 4, "ActivityScheduled", "stock"));
    assert_eq!(mark(&events), Some(super::taken::Mark::Open));
    events.push((8, 7, "ActivitySucceeded", ""));
    events.push((9, 8, "TaskStateExited", "Stock"));
    assert_eq!(mark(&events), Some(super::taken::Mark::Passed));
    assert_eq!(Taken::read(&history(&events)).note("Stock"), None);
}

#[test]
fn a_state_that_was_not_left_is_open() {
    let events = history(&[
        (1, 0, "ExecutionStarted", ""),
        (2, 0, "TaskStateEntered", "Stock"),
        (3, 2, "ActivityScheduled", "stock"),
    ]);
    let taken = Taken::read(&events);
    assert_eq!(taken.mark("Stock"), Some(super::taken::Mark::Open));
    assert_eq!(taken.mark("Done"), None);
}

/// In a Map the next iteration goes back to the last state of the one before: that is no way between the two.
#[test]
fn iterations_of_a_map_are_not_ways_from_one_to_the_next() {
    let events = history(&[
        (1, 0, "ExecutionStarted", ""),
        (2, 0, "MapStateEntered", "Each"),
        (3, 2, "MapStateStarted", ""),
        (4, 3, "MapIterationStarted", ""),
        (5, 4, "PassStateEntered", "Item"),
        (6, 5, "PassStateExited", "Item"),
        (7, 6, "MapIterationSucceeded", ""),
        (8, 6, "MapIterationStarted", ""),
        (9, 8, "PassStateEntered", "Item"),
        (10, 9, "PassStateExited", "Item"),
        (11, 10, "MapIterationSucceeded", ""),
        (12, 11, "MapStateSucceeded", ""),
        (13, 11, "MapStateExited", "Each"),
        (14, 13, "ExecutionSucceeded", ""),
    ]);
    let taken = Taken::read(&events);
    assert!(!taken.went("Item", "Item", false));
    assert!(taken.ended_after("Each"));
    assert_eq!(taken.note("Item").as_deref(), Some("entered 2×"));
}
