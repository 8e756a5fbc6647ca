//! Starts, ends, names and stops.

use std::time::Duration;

use engine::{EngineError, Held};
use execution::Status;
use execution::event::Failure;
use serde_json::json;
use store::{HistoryFrom, HistoryPage};

use crate::support::{json, next, one_task, start, world};

pub(crate) const THREE_TASKS: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "a", "Next": "B"},
    "B": {"Type": "Task", "Resource": "b", "Next": "C"},
    "C": {"Type": "Task", "Resource": "c", "End": true}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_without_tasks_ends_in_the_commit_that_starts_it() {
    let world = world().await;
    let definition =
        r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 7, "End": true}}}"#;
    let machine = world.machine("pass", definition).await;

    let (started, ended) = world
        .engine
        .start_and_wait(start(&machine, None, "{}"), Duration::from_secs(30))
        .await
        .expect("it starts");

    let ended = ended.expect("it ends at once");
    assert_eq!((ended.status, json(ended.output.as_ref())), (Status::Succeeded, json!(7)));
    assert_eq!(rows(&world, started.id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_for_which_a_worker_waits_costs_one_row() {
    let world = world().await;
    let machine = world.machine("three", THREE_TASKS).await;
    let (mut a, mut b, mut c) =
        (world.worker("a", 1).await, world.worker("b", 1).await, world.worker("c", 1).await);

    let started = world.start(&machine, r#"{"n": 0}"#).await;
    for (session, output) in [(&mut a, r#"{"n": 1}"#), (&mut b, r#"{"n": 2}"#), (&mut c, "3.10")] {
        let task = next(session).await;
        assert_eq!((task.attempt, task.hand_outs_before), (1, 0));
        world.succeed(&task, output).await;
    }

    let ended = world.end(&started).await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(ended.output.expect("it succeeded").text(), "3.10");
    // The start with the first hand-out, two steps, and the last outcome with the end.
    assert_eq!(rows(&world, started.id).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_the_same_input_is_the_same_execution_while_it_runs() {
    let world = world().await;
    let machine = world.machine("named", &one_task("q", "")).await;
    let begin = |input| world.engine.start(start(&machine, Some("order-1"), input));

    let first = begin(r#"{"a": 1}"#).await.expect("the name is free");
    let again = begin(r#"{"a": 1}"#).await.expect("it runs with the same input");
    assert_eq!((again.id, again.started_at), (first.id, first.started_at));
    let other = begin(r#"{"a": 2}"#).await;
    assert_eq!(other.unwrap_err(), EngineError::ExecutionAlreadyExists { execution: first.id });

    let mut worker = world.worker("q", 1).await;
    world.succeed(&next(&mut worker).await, "1").await;
    world.end(&first).await;
    let ended = begin(r#"{"a": 1}"#).await;
    assert_eq!(ended.unwrap_err(), EngineError::ExecutionAlreadyExists { execution: first.id });
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_starts_under_one_name_at_once_one_happens() {
    let world = world().await;
    let machine = world.machine("contended", &one_task("q", "")).await;
    let starts = (0..50).map(|_| world.engine.start(start(&machine, Some("only"), "1")));

    let started = futures_util::future::join_all(starts).await;

    let ids: std::collections::BTreeSet<_> =
        started.into_iter().map(|started| started.expect("each is answered").id).collect();
    assert_eq!(ids.len(), 1);
    let mut worker = world.worker("q", 50).await;
    next(&mut worker).await;
    let second = tokio::time::timeout(Duration::from_millis(200), worker.next()).await;
    assert!(second.is_err(), "the losers' tasks were never handed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_execution_and_tells_its_worker() {
    let world = world().await;
    let machine = world.machine("stopped", &one_task("q", "")).await;
    let mut worker = world.worker("q", 1).await;
    let started = world.start(&machine, "{}").await;
    let task = next(&mut worker).await;

    let failure = Failure { error: Some("Enough".to_owned()), cause: None };
    world.engine.stop(started.id, failure.clone()).await.expect("it runs");

    let held = Held { node: task.node, id: task.id, wait: task.wait };
    assert_eq!(worker.cancelled().await, [held]);
    let ended = world.end(&started).await;
    assert_eq!((ended.status, ended.failure.clone()), (Status::Aborted, failure.clone()));
    let again = world.engine.stop(started.id, failure).await;
    assert_eq!(again.unwrap_err(), EngineError::ExecutionEnded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_loops_for_ever_starves_nobody_and_can_be_stopped() {
    let world = world().await;
    let definition = r#"{"StartAt": "Again", "States": {
        "Again": {"Type": "Choice", "Choices": [{"Variable": "$.go", "BooleanEquals": true, "Next": "Again"}],
                  "Default": "Done"},
        "Done": {"Type": "Succeed"}}}"#;
    let looping = world.machine("loop", definition).await;
    let machine = world
        .machine("plain", r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#)
        .await;

    let started = world.start(&looping, r#"{"go": true}"#).await;
    for _ in 0..20 {
        let plain = world.start(&machine, "{}").await;
        assert_eq!(world.end(&plain).await.status, Status::Succeeded);
    }
    world.engine.stop(started.id, Failure::default()).await.expect("it still runs");
    assert_eq!(world.end(&started).await.status, Status::Aborted);
}

async fn rows(world: &crate::support::World, id: execution::ExecutionId) -> usize {
    let page = HistoryPage { rows_max: 1000, bytes_max: u64::MAX };
    let rows = world.store.history_rows(id, HistoryFrom::After { seq: 0 }, page).await;
    rows.expect("PostgreSQL runs").len()
}
