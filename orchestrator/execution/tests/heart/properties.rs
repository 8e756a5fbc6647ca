//! Any order of triggers: nothing panics, every wait begins once and ends once, ids have no gaps, and what is
//! replayed from the stored rows is what lived in memory.

use std::collections::{BTreeMap, BTreeSet};

use asl::{Payload, StateMachine};
use chrono::{DateTime, TimeDelta, Utc};
use execution::event::{Event, EventKind, Failure, OfferedAgain};
use execution::message::Message;
use execution::trigger::Redrive;
use execution::wait::Served;
use execution::{Status, Trigger, WaitId};
use proptest::prelude::*;

use execution::simulated::Simulated;

/// All that can happen in one machine: a Map of tasks with retriers beside a Parallel with a timer and a nested Map,
/// and variables in every scope.
const MACHINE: &str = r#"{"TimeoutSeconds": 100000, "StartAt": "Each", "States": {
  "Each": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2, "ToleratedFailureCount": 1,
    "ItemSelector": {"item.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"},
    "ItemProcessor": {"StartAt": "Work", "States": {
      "Work": {"Type": "Task", "Resource": "work", "TimeoutSeconds": 30, "HeartbeatSeconds": 10, "End": true,
        "Assign": {"result.$": "$.n", "of.$": "States.Format('{}', $$.Map.Item.Index)"},
        "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 2, "JitterStrategy": "FULL"},
                  {"ErrorEquals": ["Again"], "IntervalSeconds": 3, "MaxAttempts": 1}]}}},
    "ResultPath": "$.each", "Assign": {"runs.$": "States.ArrayLength($)"}, "Next": "Both",
    "Retry": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Assign": {"error.$": "$.Error"}, "Next": "Both"}]},
  "Both": {"Type": "Parallel", "ResultPath": null, "Next": "Many?", "Branches": [
      {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 7, "Assign": {"pause.$": "$.items"}, "Next": "Ship"},
         "Ship": {"Type": "Task", "Resource": "ship", "Parameters": {"paused.$": "$pause"}, "Assign": {"pause": 0}, "End": true}}},
      {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
         "Parameters": {"token.$": "$$.Task.Token"}, "HeartbeatSeconds": 10, "Next": "Nested", "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}]},
         "Nested": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
         "Parameters": {"StateMachineArn": "child"}, "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 1}]}}},
      {"StartAt": "Inner", "States": {"Inner": {"Type": "Map", "ItemsPath": "$.items", "End": true,
         "Iterator": {"StartAt": "Deep", "States": {"Deep": {"Type": "Task", "Resource": "deep", "End": true}}}}}}],
    "Catch": [{"ErrorEquals": ["Again"], "ResultPath": null, "Assign": {"runs": -1}, "Next": "Both"}]},
  "Many?": {"Type": "Choice", "Choices": [
      {"Variable": "$error", "IsPresent": true, "Assign": {"runs.$": "$error"}, "Next": "Done"},
      {"Variable": "$runs", "NumericGreaterThan": 1, "Next": "Done"}], "Default": "Poor"},
  "Poor": {"Type": "Fail", "Error": "Poor"},
  "Done": {"Type": "Succeed"}}}"#;

#[derive(Debug, Clone)]
enum Step {
    Take(usize),
    Succeed(usize),
    Fail(usize, &'static str),
    ByToken(usize),
    ChildStarted(usize),
    ChildEnded(usize, Status),
    ParentLeft,
    Redrive,
    OfferAgain(usize),
    MissHeartbeat(usize),
    FireNext,
    Late(u64),
    Resume,
    Quarantine,
    Release,
    Stop,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = 0..4_usize;
    let error = prop_oneof![Just("Again"), Just("Odd"), Just("States.Timeout")];
    let status = prop_oneof![Just(Status::Succeeded), Just(Status::Failed)];
    let step = prop_oneof![
        4 => index.clone().prop_map(Step::ByToken),
        3 => index.clone().prop_map(Step::ChildStarted),
        3 => (index.clone(), status).prop_map(|(index, status)| Step::ChildEnded(index, status)),
        12 => index.clone().prop_map(Step::Take),
        10 => index.clone().prop_map(Step::Succeed),
        4 => (index.clone(), error).prop_map(|(index, error)| Step::Fail(index, error)),
        2 => index.clone().prop_map(Step::OfferAgain),
        1 => index.prop_map(Step::MissHeartbeat),
        6 => Just(Step::FireNext),
        3 => (0..120_u64).prop_map(Step::Late),
        1 => Just(Step::Resume),
        1 => Just(Step::Quarantine),
        2 => Just(Step::Release),
    ];
    let rarely = prop_oneof![60 => step, 1 => Just(Step::Stop), 1 => Just(Step::ParentLeft), 3 => Just(Step::Redrive)];
    prop::collection::vec(rarely, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_triggers_leaves_a_state_that_its_history_explains(
        steps in steps(),
        items in prop::collection::vec(0..9_u8, 0..5),
        events_max in prop::option::of(4..60_u64),
    ) {
        let machine = StateMachine::parse(MACHINE).expect("the test's definition is valid");
        let mut simulated = Simulated::new(machine, start());
        let mut start = crate::start(&format!(r#"{{"items": {items:?}}}"#));
        start.settings.history_events_max = events_max;
        simulated.start(start).unwrap();
        for step in steps {
            // A refusal is an answer, too: it must leave no trace.
            let before = (simulated.execution.clone(), simulated.rows.len());
            if take(&mut simulated, &step).is_none() {
                prop_assert_eq!(&before.0, &simulated.execution);
                prop_assert_eq!(before.1, simulated.rows.len());
            }
        }
        prop_assert_eq!(&simulated.replayed(), &simulated.execution);
        check_waits(&simulated);
        check_public_ids(&simulated);
        check_limit(&simulated, events_max);
    }
}

fn start() -> DateTime<Utc> {
    "2026-11-24T12:00:00.123456789Z".parse().unwrap()
}

/// `None`: refused.
fn take(simulated: &mut Simulated, step: &Step) -> Option<Vec<Event>> {
    let tasks = simulated.open_tasks();
    let wait_of = |index: usize| tasks.get(index % tasks.len().max(1)).map(|(_, task)| task.wait);
    let token_of = |index: &usize| {
        let (_, task) = tasks.get(*index % tasks.len().max(1))?;
        match task.served {
            Served::ByWorker { callback } => callback,
            Served::ByCallback | Served::ByStart { .. } | Served::ByChild(_) => Some(task.wait),
        }
    };
    let none = WaitId(u64::MAX);
    let trigger = match step {
        Step::Take(index) => Trigger::TaskTaken {
            wait: wait_of(*index).unwrap_or(none),
            worker: None,
            is_silent: false,
        },
        Step::Succeed(index) => Trigger::TaskSucceeded {
            wait: wait_of(*index).unwrap_or(none),
            output: Payload::parse(r#" {"n": 1.10} "#).unwrap(),
        },
        Step::Fail(index, error) => Trigger::TaskFailed {
            wait: wait_of(*index).unwrap_or(none),
            failure: Failure { error: Some((*error).to_owned()), cause: None },
        },
        Step::ByToken(index) => Trigger::TaskSucceeded {
            wait: token_of(index).unwrap_or(none),
            output: Payload::parse(r#"{"by": "token"}"#).unwrap(),
        },
        Step::ChildStarted(index) => Trigger::ChildStarted {
            wait: wait_of(*index).unwrap_or(none),
            child: Box::new(crate::child(simulated)),
        },
        Step::ChildEnded(index, status) => Trigger::Message(Box::new(Message::ChildEnded {
            wait: wait_of(*index).unwrap_or(none),
            number: None,
            child: Box::new(crate::ended(&crate::child(simulated), *status)),
        })),
        Step::ParentLeft => Trigger::Message(Box::new(Message::ParentLeft { redrives: 0 })),
        Step::Redrive => Trigger::Redrive(Redrive::default()),
        Step::OfferAgain(index) => Trigger::OfferAgain {
            wait: wait_of(*index).unwrap_or(none),
            reason: OfferedAgain::GivenBack,
        },
        Step::MissHeartbeat(index) => {
            Trigger::HeartbeatMissed { wait: wait_of(*index).unwrap_or(none) }
        }
        Step::FireNext => {
            let due = simulated.next_due()?;
            simulated.now = simulated.now.max(due.at) + TimeDelta::nanoseconds(1);
            due.trigger
        }
        Step::Late(wait) => Trigger::TimerDue { wait: WaitId(*wait) },
        Step::Resume => Trigger::Resume,
        Step::Quarantine => Trigger::Quarantine { reason: "a test says so".to_owned() },
        Step::Release => Trigger::Release,
        Step::Stop => Trigger::Stop { failure: Failure::default() },
    };
    simulated.send(trigger).ok()
}

/// Each wait begins with the event that names it and ends with one other; what did not end is open.
fn check_waits(simulated: &Simulated) {
    let (mut begun, mut open) = (BTreeSet::new(), BTreeSet::new());
    // A callback ends with its task, unless that is only submitted.
    let mut callbacks = BTreeMap::new();
    for (wait, event) in (1..).map(WaitId).zip(simulated.events()) {
        if let Some(ended) = ends(&event.kind) {
            assert!(open.remove(&ended), "{ended:?} ends that was not open: {event:?}");
            let callback = callbacks.remove(&ended);
            match (&event.kind, callback) {
                (EventKind::TaskOfferedAgain { .. }, Some(callback)) => {
                    callbacks.insert(wait, callback);
                }
                (kind, Some(callback)) if !matches!(kind, EventKind::TaskSubmitted { .. }) => {
                    assert!(open.remove(&callback), "{callback:?} was not open: {event:?}");
                }
                _ => {}
            }
        }
        if let EventKind::TaskScheduled(task) = &event.kind {
            callbacks.extend(task.callback.map(|callback| (wait, callback)));
        }
        if begins(&event.kind) {
            assert!(begun.insert(wait) && open.insert(wait), "{wait:?} begins twice");
        }
    }
    let shown: BTreeSet<WaitId> = simulated.open_waits();
    assert_eq!(open, shown, "what the history left open is what the state shows");
}

fn begins(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::CallbackOpened
            | EventKind::TaskScheduled(_)
            | EventKind::TaskOfferedAgain { .. }
            | EventKind::RetryScheduled { .. }
            | EventKind::TimerStarted { .. }
            | EventKind::MapRunStarted(_)
    )
}

fn ends(kind: &EventKind) -> Option<WaitId> {
    match kind {
        EventKind::TaskSubmitted { wait, child: None, .. }
        | EventKind::TaskSucceeded { wait, .. }
        | EventKind::TaskFailed { wait, .. }
        | EventKind::TaskTimedOut { wait, .. }
        | EventKind::TaskOfferedAgain { wait, .. }
        | EventKind::RetryDue { wait }
        | EventKind::TimerFired { wait } => Some(*wait),
        EventKind::MapRun { wait, step } => step.is_end().then_some(*wait),
        EventKind::StateAborted { wait, .. } | EventKind::BranchClosed { wait } => *wait,
        EventKind::ExecutionStarted(_)
        | EventKind::ExecutionSucceeded
        | EventKind::ExecutionFailed(_)
        | EventKind::ExecutionTimedOut(_)
        | EventKind::ExecutionAborted(_)
        | EventKind::ExecutionRedriven(_)
        | EventKind::StateEntered { .. }
        | EventKind::StateExited { .. }
        | EventKind::CallbackOpened
        | EventKind::TaskScheduled(_)
        | EventKind::TaskSubmitted { .. }
        | EventKind::TaskStarted { .. }
        | EventKind::RetryScheduled { .. }
        | EventKind::TimerStarted { .. }
        | EventKind::ParallelStarted { .. }
        | EventKind::ParallelSucceeded { .. }
        | EventKind::ParallelFailed { .. }
        | EventKind::MapStarted { .. }
        | EventKind::MapSucceeded { .. }
        | EventKind::MapFailed { .. }
        | EventKind::MapIterationStarted { .. }
        | EventKind::MapIterationSucceeded { .. }
        | EventKind::MapIterationFailed { .. }
        | EventKind::MapIterationAborted { .. }
        | EventKind::MapIterationResumed { .. }
        | EventKind::MapItemsFound { .. }
        | EventKind::MapRunStarted(_)
        | EventKind::EvaluationFailed { .. }
        | EventKind::Quarantined { .. }
        | EventKind::Released => None,
    }
}

/// A history that is full has ended, and one that runs has room for its end.
fn check_limit(simulated: &Simulated, events_max: Option<u64>) {
    let events = simulated.execution.last_public_id().0;
    let is_running = simulated.execution.status() == Status::Running;
    let most = events_max.map_or(u64::MAX, |max| max - u64::from(is_running));
    assert!(events <= most, "{events} events of {events_max:?}, running: {is_running}");
}

fn check_public_ids(simulated: &Simulated) {
    let history = simulated.public_history();
    for (number, event) in (1..).zip(&history) {
        assert_eq!(event.id.0, number, "ids have no gaps");
        assert!(event.previous_id < event.id, "an event points back: {event:?}");
    }
    assert_eq!(history.len() as u64, simulated.execution.last_public_id().0);
}
