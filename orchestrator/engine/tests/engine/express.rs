//! Express executions: in memory between a start and an end, whatever happens to their node.

use std::time::Duration;

use cluster::{ScratchCluster, StopMode};
use engine::{Engine, EngineError, HandOut, Outcome, Session, SessionOptions};
use execution::event::Failure;
use execution::{EventKind, ExecutionId, Status, codec};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use store::{ExecutionStatus, HistoryFrom, HistoryPage, HistoryRow, Store};

use crate::durability::hold_commits;
use crate::executions::THREE_TASKS;
use crate::nodes::second;
use crate::support::{
    PATIENCE, World, config, json, next, one_task, payload, ready, start, world, world_on,
};

const TWO_TASKS: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "a", "Next": "B"},
    "B": {"Type": "Task", "Resource": "b", "End": true}}}"#;

async fn rows(store: &Store, id: ExecutionId) -> Vec<HistoryRow> {
    let page = HistoryPage { rows_max: 1000, bytes_max: u64::MAX >> 1 };
    let rows = store.history_rows(id, HistoryFrom::After { seq: 0 }, page).await;
    rows.expect("PostgreSQL runs")
}

async fn kinds(store: &Store, id: ExecutionId) -> Vec<EventKind> {
    let rows = rows(store, id).await;
    let events = rows.iter().flat_map(|row| codec::decode(row.format, &row.events).expect("reads"));
    events.map(|event| event.kind).collect()
}

/// The transactions that wrote what stands of an execution: rows are never written twice but for the one that its end updates.
async fn commits(url: &str, id: ExecutionId) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL runs");
    let count = "select count(distinct xmin) from (select xmin::text from history where id = $1
        union all select xmin::text from execution where id = $1) as written";
    let count = sqlx::query_scalar(count).bind(id.0).fetch_one(&mut connection).await;
    count.expect("PostgreSQL runs")
}

fn session(engine: &Engine, of: &HandOut) -> Session {
    engine.open_session(SessionOptions { namespace: of.namespace, worker: None, is_silent: false })
}

async fn accepted(engine: &Engine, task: &HandOut, output: &str) {
    let outcome = Outcome::Succeeded(payload(output));
    engine.report(task.id, task.wait, outcome).await.expect("the outcome is accepted");
}

async fn ended(engine: &Engine, id: ExecutionId) -> Status {
    let ended = engine.wait_for_end(id, PATIENCE).await;
    ended.expect("the engine answers").expect("it ends in time").status
}

#[tokio::test(flavor = "multi_thread")]
async fn between_its_start_and_its_end_it_needs_no_commit() {
    let world = world().await;
    let machine = world.express("three", THREE_TASKS, "OFF").await;
    let (mut a, mut b, mut c) =
        (world.worker("a", 1).await, world.worker("b", 1).await, world.worker("c", 1).await);
    let started = world.start(&machine, r#"{"n": 1.10}"#).await;
    let row = world.store.execution(started.id).await.expect("PostgreSQL runs");
    assert_eq!(row.expect("its start is durable").status, ExecutionStatus::Running);

    let held = hold_commits(&world.url).await;
    for (session, output) in [(&mut a, "1"), (&mut b, "2")] {
        accepted(&world.engine, &next(session).await, output).await;
    }
    let last = next(&mut c).await;
    let engine = world.engine.clone();
    let ending = tokio::spawn(async move { accepted(&engine, &last, "3.10").await });
    let end = world.engine.wait_for_end(started.id, Duration::from_millis(300)).await;
    assert!(end.expect("the engine answers").is_none(), "nobody sees the end before its commit");
    held.close().await.expect("PostgreSQL runs");

    ending.await.expect("no panic");
    let end = world.end(&started).await;
    assert_eq!((end.status, end.output.expect("it succeeded").text()), (Status::Succeeded, "3.10"));
    assert_eq!(commits(&world.url, started.id).await, 2);
    assert_eq!(kinds(&world.store, started.id).await.len(), 2, "its start and its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_waits_for_the_end_costs_one_commit() {
    let world = world().await;
    let machine = world.express("sync", TWO_TASKS, "OFF").await;
    let (mut a, mut b) = (world.worker("a", 1).await, world.worker("b", 1).await);
    let held = hold_commits(&world.url).await;

    let (engine, begun) = (world.engine.clone(), start(&machine, Some("n"), "{}"));
    let mut running = tokio::spawn(async move { engine.start_sync(begun).await });
    let first = next(&mut a).await;
    accepted(&world.engine, &first, "1").await;
    let second = next(&mut b).await;
    let engine = world.engine.clone();
    let ending = tokio::spawn(async move { accepted(&engine, &second, "2").await });
    let early = tokio::time::timeout(Duration::from_millis(300), &mut running).await;
    assert!(early.is_err(), "the caller hears nothing before the commit");
    assert_eq!(world.store.execution(first.id).await.expect("PostgreSQL runs"), None);
    held.close().await.expect("PostgreSQL runs");

    let (started, end) = running.await.expect("no panic").expect("it runs to its end");
    ending.await.expect("no panic");
    assert_eq!((end.status, json(end.output.as_ref())), (Status::Succeeded, json!(2)));
    let row = world.store.execution(started.id).await.expect("PostgreSQL runs");
    let row = row.expect("it can be found");
    assert_eq!((row.status, row.name.as_str()), (ExecutionStatus::Succeeded, "n"));
    assert_eq!(commits(&world.url, started.id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_where_it_starts_costs_one_commit() {
    let world = world().await;
    let pass = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 7, "End": true}}}"#;
    let machine = world.express("pass", pass, "OFF").await;

    let started = world.start(&machine, "{}").await;
    let (sync, end) = world.engine.start_sync(start(&machine, None, "{}")).await.expect("it runs");

    assert_eq!(world.end(&started).await.status, Status::Succeeded);
    assert_eq!(json(end.output.as_ref()), json!(7));
    for id in [started.id, sync.id] {
        assert_eq!(commits(&world.url, id).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_name_is_no_ones_alone() {
    let world = world().await;
    let machine = world.express("shared", &one_task("q", ""), "OFF").await;
    let begin = || world.engine.start(start(&machine, Some("order-1"), "{}"));

    let (one, two) = (begin().await.expect("it starts"), begin().await.expect("so does another"));

    assert_ne!(one.id, two.id);
    let mut worker = world.worker("q", 2).await;
    for _ in 0..2 {
        accepted(&world.engine, &next(&mut worker).await, "1").await;
    }
    assert_eq!(world.end(&one).await.status, Status::Succeeded);
    assert_eq!(world.end(&two).await.status, Status::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_begins_it_again_from_its_input_and_old_answers_find_nothing() {
    let world = world().await;
    let machine = world.express("taken-over", TWO_TASKS, "ALL").await;
    let (mut a, mut b) = (world.worker("a", 1).await, world.worker("b", 1).await);
    let started = world.start(&machine, "1").await;
    let first = next(&mut a).await;
    accepted(&world.engine, &first, "2").await;
    let held = next(&mut b).await;

    let successor = second(&world.url).await;
    world.engine.leave().await;
    ready(&successor).await;

    let mut again = session(&successor, &first);
    again.grant("a", 1);
    let task = next(&mut again).await;
    assert_eq!((task.id, task.input.text(), task.attempt), (started.id, "1", 1));
    for old in [&first, &held] {
        let late = successor.report(old.id, old.wait, Outcome::Succeeded(payload("9"))).await;
        assert_eq!(late.unwrap_err(), EngineError::TaskOver);
    }
    accepted(&successor, &task, "3").await;
    again.grant("b", 1);
    let task = next(&mut again).await;
    assert_eq!(task.input.text(), "3");
    accepted(&successor, &task, "4").await;

    assert_eq!(ended(&successor, started.id).await, Status::Succeeded);
    let rows = rows(&world.store, started.id).await;
    let mut public = 0;
    for row in &rows {
        assert_eq!(row.first_public, public + 1, "no gap in the public history");
        public = row.last_public;
    }
    assert_eq!(public, 12, "its start, its end, and five events of each state");
    assert_eq!(commits(&world.url, started.id).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_execution_goes_with_its_node_hears_so_and_nothing_is_left() {
    let world = world().await;
    let machine = world.express("lost", &one_task("q", ""), "OFF").await;
    let mut worker = world.worker("q", 1).await;
    let (engine, begun) = (world.engine.clone(), start(&machine, None, "{}"));
    let running = tokio::spawn(async move { engine.start_sync(begun).await });
    let task = next(&mut worker).await;

    world.engine.leave().await;

    let lost = running.await.expect("no panic");
    assert!(matches!(lost, Err(EngineError::Unavailable { .. })), "{lost:?}");
    assert_eq!(world.store.execution(task.id).await.expect("PostgreSQL runs"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_postgresql_delays_its_end_and_loses_nothing_of_it() {
    let mut scratch = ScratchCluster::start().expect("PostgreSQL's binaries are there");
    let world = world_on(scratch.database(), config()).await;
    let machine = world.express("outage", TWO_TASKS, "OFF").await;
    let mut worker = world.worker("a", 1).await;
    let started = world.start(&machine, "0").await;
    let task = next(&mut worker).await;

    scratch.cluster_mut().stop(StopMode::Immediate).expect("it stops");
    let refused = world.engine.start(start(&machine, None, "1")).await;
    assert!(matches!(refused, Err(EngineError::Unavailable { .. })), "{refused:?}");
    scratch.cluster_mut().restart().expect("it starts again");

    // Its end may be the commit that the outage leaves in doubt: then it begins again.
    worker.grant("a", 9);
    worker.grant("b", 9);
    let serve = async {
        let mut task = task;
        loop {
            report_at_last(&world.engine, &task).await;
            task = next(&mut worker).await;
        }
    };
    tokio::select! {
        end = world.end(&started) => assert_eq!(end.status, Status::Succeeded),
        () = serve => {}
    }
}

/// Until it is accepted, or the run that the task was of has gone.
async fn report_at_last(engine: &Engine, task: &HandOut) {
    let outcome = || Outcome::Succeeded(payload("1"));
    while let Err(EngineError::Unavailable { .. }) =
        engine.report(task.id, task.wait, outcome()).await
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_in_doubt_is_read_back() {
    let world = world().await;
    let machine = world.express("doubt", &one_task("q", ""), "OFF").await;
    let mut worker = world.worker("q", 2).await;
    let started = world.start(&machine, "{}").await;
    let task = next(&mut worker).await;
    let held = hold_commits(&world.url).await;

    let (engine, of) = (world.engine.clone(), task.clone());
    let report = tokio::spawn(async move {
        engine.report(of.id, of.wait, Outcome::Succeeded(payload("1"))).await
    });
    // The lanes' commits wait for the lock that is held; their connections break while they do.
    let mut connection = PgConnection::connect(&world.url).await.expect("PostgreSQL runs");
    let waiting = "select count(pg_terminate_backend(pid)) from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()";
    let mut killed = 0_i64;
    while killed == 0 {
        killed = sqlx::query_scalar(waiting).fetch_one(&mut connection).await.expect("it may");
    }
    held.close().await.expect("PostgreSQL runs");

    let heard = report.await.expect("no panic");
    assert!(matches!(heard, Ok(()) | Err(EngineError::Unavailable { .. })), "{heard:?}");
    // Nothing of the end was written: it begins again from its input, and its task is handed out again.
    let again = next(&mut worker).await;
    assert_eq!(again.id, task.id);
    assert_ne!(again.wait, task.wait);
    accepted(&world.engine, &again, "2").await;
    assert_eq!(world.end(&started).await.status, Status::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_its_machine_asks_for_is_stored_with_the_end() {
    let world = world().await;
    let failing = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "a", "Next": "F"},
        "F": {"Type": "Fail", "Error": "Odd"}}}"#;
    for (level, definition, events) in [
        ("ALL", one_task("a", ""), 7),
        ("ERROR", one_task("a", ""), 2),
        ("ERROR", failing.to_owned(), 8),
        ("OFF", failing.to_owned(), 2),
    ] {
        let machine = world.express(&format!("kept-{level}-{events}"), &definition, level).await;
        let mut worker = world.worker("a", 1).await;
        let started = world.start(&machine, "{}").await;
        accepted(&world.engine, &next(&mut worker).await, "1").await;
        world.end(&started).await;
        let kinds = kinds(&world.store, started.id).await;
        assert_eq!(kinds.len(), events, "{level}: {kinds:?}");
        assert_eq!(commits(&world.url, started.id).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_time_and_can_be_stopped() {
    let world = world().await;
    let short = one_task("q", "").replacen('{', r#"{"TimeoutSeconds": 1, "#, 1);
    let machine = world.express("short", &short, "OFF").await;
    let mut worker = world.worker("q", 2).await;

    let (_, end) = world.engine.start_sync(start(&machine, None, "{}")).await.expect("it ends");
    assert_eq!(
        (end.status, end.failure.error.as_deref()),
        (Status::TimedOut, Some("States.Timeout"))
    );
    let started = world.start(&machine, "{}").await;
    let failure = Failure { error: Some("Enough".to_owned()), cause: None };
    world.engine.stop(started.id, failure.clone()).await.expect("it runs");
    let end = world.end(&started).await;
    assert_eq!((end.status, end.failure), (Status::Aborted, failure));
    while worker.cancelled().await.is_empty() {}
}

fn calling(pattern: &str) -> String {
    format!(
        r#"{{"StartAt": "Call", "States": {{"Call": {{"Type": "Task", "End": true,
          "Resource": "arn:aws:states:::states:startExecution{pattern}",
          "Parameters": {{"StateMachineArn": "child", "Input.$": "$"}}}}}}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_start_it_and_it_starts_others() {
    let world = world().await;
    world.express("child", &one_task("q", ""), "OFF").await;
    let mut worker = world.worker("q", 3).await;
    let waiting = world.machine("waiting", &calling(".sync:2")).await;
    let starting = world.machine("starting", &calling("")).await;
    let express = world.express("express", &calling(""), "OFF").await;

    let waiting = world.start(&waiting, "1").await;
    accepted(&world.engine, &next(&mut worker).await, "42").await;
    let end = world.end(&waiting).await;
    assert_eq!(end.status, Status::Succeeded);
    assert_eq!(json(end.output.as_ref())["Output"], json!(42));
    for machine in [starting, express] {
        let started = world.start(&machine, "2").await;
        assert_eq!(world.end(&started).await.status, Status::Succeeded);
        let task: HandOut = next(&mut worker).await;
        assert_eq!(task.input.text(), "2");
        accepted(&world.engine, &task, "1").await;
        assert_eq!(ended(&world.engine, task.id).await, Status::Succeeded);
    }
    assert_inbox_empties(&world).await;
}

async fn assert_inbox_empties(world: &World) {
    let mut connection = PgConnection::connect(&world.url).await.expect("PostgreSQL runs");
    let empty = async {
        loop {
            let count = sqlx::query_scalar("select count(*) from inbox");
            let count: i64 = count.fetch_one(&mut connection).await.expect("PostgreSQL runs");
            if count == 0 {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, empty).await.expect("every message is taken or deleted");
}
