//! A redrive of a map run repeats what has not succeeded, and nothing else.

use asl::StateMachine;
use execution::event::Failure;
use execution::map_run::{MapRun, MapRunStatus};
use execution::message::{EndedChild, Message};
use execution::simulated::Simulated;
use execution::trigger::Redrive;
use execution::{Refusal, Status, Trigger};

/// Two children at a time; each is one task. `{}`: what else the Map says.
const MACHINE: &str = r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 2, "Label": "All", "End": true,
  "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Pack",
    "States": {"Pack": {"Type": "Task", "Resource": "packing", "End": true}}}{}}}}"#;

fn parent(more: &str, input: &str) -> Simulated {
    let machine = StateMachine::parse(&MACHINE.replacen("{}", more, 1)).unwrap();
    let mut parent = Simulated::new(machine, "2026-11-24T12:00:00Z".parse().unwrap());
    parent.start(crate::start(input)).unwrap();
    parent
}

fn run(parent: &Simulated) -> &MapRun {
    parent.execution.map_runs().next().expect("the Map has a run")
}

/// The end of a child as its parent hears of it.
fn end(parent: &mut Simulated, number: u64, status: Status, redrives: u64) -> Result<(), Refusal> {
    let wait = run(parent).wait;
    let child = EndedChild { redrives, ..crate::ended(&crate::child(parent), status) };
    let message = Message::ChildEnded { wait, number: Some(number), child: Box::new(child) };
    parent.send(Trigger::Message(Box::new(message))).map(drop)
}

fn redrive(simulated: &mut Simulated) {
    simulated.send(Trigger::Redrive(Redrive::default())).unwrap();
    assert_eq!(simulated.replayed(), simulated.execution, "the fold of the rows is the same");
}

fn open(parent: &Simulated) -> Vec<(u64, u64)> {
    run(parent).open.iter().map(|(number, child)| (*number, child.redrives)).collect()
}

fn public(parent: &Simulated) -> Vec<&'static str> {
    parent.public_history().iter().map(|event| event.event_type).collect()
}

#[test]
fn failed_and_aborted_children_run_again_and_those_never_begun_begin() {
    // Given a run of five items whose first child succeeds and whose second one fails, with the third one open.
    let mut parent = parent("", "[1,2,3,4,5]");
    end(&mut parent, 0, Status::Succeeded, 0).unwrap();
    end(&mut parent, 1, Status::Failed, 0).unwrap();
    assert_eq!(parent.execution.status(), Status::Failed);
    let left = parent
        .sent
        .iter()
        .filter(|sent| matches!(sent.message, Message::ParentLeft { redrives: 0 }));
    assert_eq!(left.count(), 1, "the third one is told to stop");

    // When it is redriven.
    redrive(&mut parent);

    // Then the two that have not succeeded run, for the second time; the run says so, and so does the history.
    assert_eq!(open(&parent), [(1, 1), (2, 1)]);
    let counts = run(&parent).executions;
    assert_eq!((counts.succeeded, counts.running, counts.failed), (1, 2, 0));
    assert_eq!(run(&parent).redrive_count, 1);
    assert_eq!(run(&parent).status, MapRunStatus::Running);
    let history = public(&parent);
    assert_eq!(history[history.len() - 2..], ["ExecutionRedriven", "MapRunRedriven"]);

    // When both have succeeded, the two that never began do; and the result holds each item once.
    end(&mut parent, 1, Status::Succeeded, 1).unwrap();
    end(&mut parent, 2, Status::Succeeded, 1).unwrap();
    assert_eq!(open(&parent), [(3, 0), (4, 0)]);
    end(&mut parent, 4, Status::Succeeded, 0).unwrap();
    end(&mut parent, 3, Status::Succeeded, 0).unwrap();
    assert_eq!(parent.execution.status(), Status::Succeeded);
    let output = parent.events().last().and_then(|event| event.payload.clone()).unwrap();
    assert_eq!(output.text(), "[1.10,1.10,1.10,1.10,1.10]");
    assert_eq!(run(&parent).executions.pending_redrive, 0);
}

#[test]
fn what_was_cut_short_before_the_redrive_is_asked_for_again_and_what_had_succeeded_is_taken() {
    // Given a run that was stopped with two children open, and redriven before they had ended.
    let mut parent = parent("", "[1,2]");
    parent.send(Trigger::Stop { failure: Failure::default() }).unwrap();
    assert_eq!(end(&mut parent, 0, Status::Aborted, 0), Err(Refusal::Closed));
    redrive(&mut parent);
    assert_eq!(open(&parent), [(0, 1), (1, 1)]);

    // When the end of the attempt before comes now, it is no failure: the child is asked for again.
    end(&mut parent, 0, Status::Aborted, 0).unwrap();
    let kind = parent.events().pop().unwrap().kind;
    assert!(format!("{kind:?}").contains("ChildRedriven"), "{kind:?}");
    assert_eq!(open(&parent), [(0, 1), (1, 1)]);

    // And one that had succeeded before it could be stopped needs no second attempt.
    end(&mut parent, 1, Status::Succeeded, 0).unwrap();
    end(&mut parent, 0, Status::Succeeded, 1).unwrap();
    assert_eq!(parent.execution.status(), Status::Succeeded);
}

#[test]
fn what_failed_before_is_not_counted_against_the_tolerance_and_waits_for_room() {
    // Given a run that tolerates one failure, with two, and two children at a time.
    let more = r#", "ToleratedFailureCount": 1"#;
    let mut parent = parent(more, "[1,2,3,4]");
    for child in [0, 1] {
        end(&mut parent, child, Status::Failed, 0).unwrap();
    }
    assert_eq!(parent.execution.status(), Status::Failed);

    // When it is redriven, two of the three run and the third waits.
    redrive(&mut parent);
    assert_eq!(open(&parent), [(0, 1), (1, 1)]);
    assert_eq!(run(&parent).executions.pending_redrive, 1);

    // Then one more failure is tolerated, and the second one is not.
    end(&mut parent, 0, Status::Failed, 1).unwrap();
    assert_eq!(open(&parent), [(1, 1), (2, 1)]);
    end(&mut parent, 1, Status::TimedOut, 1).unwrap();
    assert_eq!(parent.execution.status(), Status::Failed);
    redrive(&mut parent);
    assert_eq!(open(&parent), [(0, 2), (1, 2)]);
    assert_eq!(run(&parent).redrive_count, 2);
}

#[test]
fn a_run_that_failed_of_its_own_begins_as_a_new_one() {
    // Given a run whose children have succeeded, and an output that can't be made of their results.
    let mut parent = parent(r#", "OutputPath": "$[7]""#, "[1]");
    end(&mut parent, 0, Status::Succeeded, 0).unwrap();
    assert_eq!(parent.execution.status(), Status::Failed);

    // Then a redrive begins another run, as AWS says of States.Runtime and States.DataLimitExceeded.
    redrive(&mut parent);
    let runs: Vec<_> =
        parent.execution.map_runs().map(|run| (run.status, run.open.len())).collect();
    assert_eq!(runs, [(MapRunStatus::Failed, 0), (MapRunStatus::Running, 1)]);
}

#[test]
fn an_express_child_begins_with_its_first_state() {
    let machine = r#"{"StartAt": "First", "States": {"First": {"Type": "Pass", "Next": "Pack"},
      "Pack": {"Type": "Task", "Resource": "packing", "End": true}}}"#;
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let mut child = Simulated::new(StateMachine::parse(machine).unwrap(), now);
    child.start(crate::start("{}")).unwrap();
    child.send(Trigger::Stop { failure: Failure::default() }).unwrap();
    child
        .send(Trigger::Redrive(Redrive { afresh: true, count: Some(3), client_token: None }))
        .unwrap();
    assert_eq!(child.execution.redrive_count(), 3);
    let entered = public(&child).iter().filter(|name| **name == "PassStateEntered").count();
    assert_eq!(entered, 2);
    assert_eq!(child.replayed(), child.execution);
}

#[test]
fn a_client_token_means_the_redrive_it_asked_for_for_a_quarter_of_an_hour() {
    let machine = r#"{"StartAt": "Poor", "States": {"Poor": {"Type": "Fail"}}}"#;
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let mut failed = Simulated::new(StateMachine::parse(machine).unwrap(), now);
    failed.start(crate::start("{}")).unwrap();
    let mut redrive = |token: String| {
        let redrive = Redrive { client_token: Some(token), ..Redrive::default() };
        failed.send(Trigger::Redrive(redrive)).unwrap();
        failed.execution.clone()
    };
    let once = redrive("t-0".to_owned());
    assert_eq!(once.redriven_by("t-0", now).map(|redriven| redriven.count), Some(1));
    assert_eq!(once.redriven_by("t-1", now), None);
    let minutes = |minutes| now + chrono::TimeDelta::minutes(minutes);
    assert!(once.redriven_by("t-0", minutes(14)).is_some());
    assert!(once.redriven_by("t-0", minutes(15)).is_none());
    // As on AWS, the last ten are kept.
    let often = (1..=10).map(|number| redrive(format!("t-{number}"))).last().unwrap();
    assert_eq!(often.redriven_by("t-0", now), None);
    assert_eq!(often.redriven_by("t-1", now).map(|redriven| redriven.count), Some(2));
}

#[test]
fn the_context_object_shows_how_often_and_when() {
    let machine = r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "q", "End": true,
      "Parameters": {"at.$": "$$.Execution"}}}}"#;
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let mut failed = Simulated::new(StateMachine::parse(machine).unwrap(), now);
    failed.start(crate::start("{}")).unwrap();
    failed.send(Trigger::Stop { failure: Failure::default() }).unwrap();
    failed.now += chrono::TimeDelta::seconds(5);
    failed.send(Trigger::Redrive(Redrive::default())).unwrap();
    let (_, task) = failed.open_tasks().pop().unwrap();
    let shown = &task.payload.value()["at"];
    assert_eq!(shown["RedriveCount"], 1);
    assert_eq!(shown["RedriveTime"], "2026-11-24T12:00:05.000Z");
    assert_eq!(shown["StartTime"], "2026-11-24T12:00:00.000Z");
}
