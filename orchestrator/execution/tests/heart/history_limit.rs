//! The limit of a history: whose it is, and what it ends.

use asl::StateMachine;
use execution::express::Keeps;
use execution::map_run::MapRunStatus;
use execution::message::Message;
use execution::simulated::Simulated;
use execution::trigger::Processor;
use execution::{Status, Trigger};

const THREE: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}}}"#;

fn run(events_max: u64, change: impl FnOnce(&mut execution::trigger::Start)) -> Simulated {
    let machine = StateMachine::parse(THREE).unwrap();
    let mut simulated = Simulated::new(machine, "2026-11-24T12:00:00Z".parse().unwrap());
    let mut start = crate::start("{}");
    start.settings.history_events_max = Some(events_max);
    change(&mut start);
    simulated.start(start).unwrap();
    simulated
}

#[test]
fn standard_executions_and_children_have_it_and_express_ones_have_not() {
    let child = |timeout_seconds| Processor { start_at: "A".into(), timeout_seconds };
    assert_eq!(run(6, |_| ()).execution.status(), Status::Failed);
    assert_eq!(run(8, |_| ()).execution.status(), Status::Succeeded);
    let standard = run(6, |start| start.processor = Some(child(None)));
    assert_eq!(standard.execution.status(), Status::Failed);
    let express = run(6, |start| start.processor = Some(child(Some(300))));
    assert_eq!(express.execution.status(), Status::Succeeded);
    let express = run(6, |start| start.express = Some(Keeps::Everything));
    assert_eq!(express.execution.status(), Status::Succeeded);
}

#[test]
fn children_of_a_map_run_are_told_to_stop_when_their_parent_ends_at_its_limit() {
    // Given a map run with two open children beside a Wait.
    let machine = r#"{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
      {"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Pack",
        "States": {"Pack": {"Type": "Task", "Resource": "packing", "End": true}}}}}},
      {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 1, "Next": "Again"},
        "Again": {"Type": "Choice", "Choices": [{"Variable": "$[0]", "NumericEquals": 1, "Next": "Pause"}], "Default": "Done"},
        "Done": {"Type": "Succeed"}}}]}}}"#;
    let machine = StateMachine::parse(machine).unwrap();
    let mut simulated = Simulated::new(machine, "2026-11-24T12:00:00Z".parse().unwrap());
    let mut start = crate::start("[1,2]");
    start.settings.history_events_max = Some(20);
    simulated.start(start).unwrap();

    // When the Wait takes the rest of the history.
    while simulated.execution.status() == Status::Running {
        let due = simulated.next_due().expect("a timer is open");
        simulated.now = due.at;
        simulated.send(due.trigger).unwrap();
    }

    // Then the run is over, and both children have been told.
    assert_eq!(simulated.execution.status(), Status::Failed);
    assert_eq!(simulated.public_history().len(), 20);
    let statuses: Vec<_> = simulated.execution.map_runs().map(|run| run.status).collect();
    assert_eq!(statuses, [MapRunStatus::Aborted]);
    let left = simulated.sent.iter().filter(|it| matches!(it.message, Message::ParentLeft { .. }));
    assert_eq!(left.count(), 2);
    assert!(simulated.open_waits().is_empty());
    assert_eq!(simulated.replayed(), simulated.execution, "the fold of the rows is the same");
    assert!(simulated.send(Trigger::Resume).is_err());
}
