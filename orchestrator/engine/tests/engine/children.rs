//! Executions that tasks start, and the inbox through which a child's end reaches its parent and a parent's end its children.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use asl::Payload;
use engine::{Border, ChildCall, ChildRefused, Engine, Machine, Namespace, Outcome};
use execution::event::Failure;
use execution::message::{self, EndedChild, Message};
use execution::{ExecutionId, Status, WaitId};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use store::{ExecutionStatus, NamespaceId};

use crate::nodes::second;
use crate::support::{
    PATIENCE, World, border, config, json, next, one_task, payload, ready, start, world,
};

fn calling(pattern: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt": "Call", "States": {{"Call": {{"Type": "Task", {fields} "End": true,
          "Resource": "arn:aws:states:::states:startExecution{pattern}",
          "Parameters": {{"StateMachineArn": "child", "Input.$": "$"}}}}}}}}"#
    )
}

const ADDS: &str = r#"{"StartAt": "Add", "States": {"Add": {"Type": "Pass", "Parameters": {"given.$": "$"}, "End": true}}}"#;
const FAILS: &str =
    r#"{"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "Odd", "Cause": "so"}}}"#;

async fn messages(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL runs");
    let count = sqlx::query_scalar("select count(*) from inbox");
    count.fetch_one(&mut connection).await.expect("PostgreSQL runs")
}

async fn until_inbox_is_empty(url: &str) {
    let empty = async { while messages(url).await > 0 {} };
    tokio::time::timeout(PATIENCE, empty).await.expect("every message is taken or deleted");
}

/// The one child there is.
async fn child(world: &World) -> ExecutionId {
    let mut connection = PgConnection::connect(&world.url).await.expect("PostgreSQL runs");
    let select =
        "select e.id from execution e join machine m on m.id = e.machine where m.name = 'child'";
    let ids: Vec<uuid::Uuid> =
        sqlx::query_scalar(select).fetch_all(&mut connection).await.expect("PostgreSQL runs");
    assert_eq!(ids.len(), 1, "one call, one child");
    ExecutionId(ids[0])
}

async fn ended_as(engine: &Engine, id: ExecutionId) -> Status {
    let ended = engine.wait_for_end(id, PATIENCE).await;
    ended.expect("the engine answers").expect("it ends in time").status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_started_with_its_input_and_its_end_is_the_tasks_where_that_waits_for_it() {
    let world = world().await;
    world.machine("child", ADDS).await;
    for (pattern, output) in [
        ("", None),
        (".sync", Some(Value::String(r#"{"given":{"n":1.10}}"#.to_owned()))),
        (".sync:2", Some(serde_json::from_str(r#"{"given":{"n":1.10}}"#).unwrap())),
    ] {
        let name = format!("parent{}", pattern.replace([':', '.'], "-"));
        let machine = world.machine(&name, &calling(pattern, "")).await;
        let started = world.start(&machine, r#"{"n":1.10}"#).await;
        let ended = world.end(&started).await;
        assert_eq!(ended.status, Status::Succeeded, "{pattern}: {:?}", ended.failure);
        let result = json(ended.output.as_ref());
        assert!(result["ExecutionArn"].as_str().unwrap().starts_with("execution:child:"));
        assert_eq!(result.get("Output"), output.as_ref(), "{pattern}");
        assert_eq!(result.get("Status").is_some(), output.is_some());
    }
    until_inbox_is_empty(&world.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_fails_fails_the_task_with_its_description() {
    let world = world().await;
    world.machine("child", FAILS).await;
    let machine = world.machine("parent", &calling(".sync", "")).await;
    let ended = world.end(&world.start(&machine, "{}").await).await;
    assert_eq!(ended.failure.error.as_deref(), Some("States.TaskFailed"));
    let cause: Value = serde_json::from_str(ended.failure.cause.as_deref().unwrap()).unwrap();
    assert_eq!((&cause["Error"], &cause["Cause"]), (&"Odd".into(), &"so".into()));
    assert_eq!((&cause["Status"], &cause["Input"]), (&"FAILED".into(), &"{}".into()));
    until_inbox_is_empty(&world.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_no_machine_or_of_a_taken_name_fails_the_task() {
    let world = world().await;
    let machine = world.machine("lost", &calling(".sync", "")).await;
    let ended = world.end(&world.start(&machine, "{}").await).await;
    assert_eq!(ended.failure.error.as_deref(), Some("MachineDoesNotExist"));

    let child = world.machine("child", &one_task("q", "")).await;
    let named = calling(".sync", "").replace(r#""child","#, r#""child", "Name": "n","#);
    let machine = world.machine("named", &named).await;
    world.engine.start(start(&child, Some("n"), "{}")).await.expect("the name is free");
    // Its end has no way to this parent, so even the same input is refused.
    let ended = world.end(&world.start(&machine, "{}").await).await;
    assert_eq!(ended.failure.error.as_deref(), Some("NameTaken"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_the_wait_for_a_child_stops_it() {
    let catch =
        r#""TimeoutSeconds": 1, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "After"}],"#;
    let caught = calling(".sync", catch).replace(r#""End": true,"#, r#""Next": "After","#);
    let caught = caught.replace(r#""States": {"#, r#""States": {"After": {"Type": "Succeed"}, "#);
    for (definition, stops, status) in [
        (calling(".sync", ""), true, Status::Aborted),
        (calling(".sync", r#""TimeoutSeconds": 1,"#), false, Status::Failed),
        (caught, false, Status::Succeeded),
    ] {
        let world = world().await;
        world.machine("child", &one_task("q", "")).await;
        let machine = world.machine("parent", &definition).await;
        let started = world.start(&machine, "{}").await;
        // The child has begun once its task is out.
        let mut worker = world.worker("q", 1).await;
        let held = next(&mut worker).await;
        if stops {
            world.engine.stop(started.id, Failure::default()).await.expect("it runs");
        }
        assert_eq!(ended_as(&world.engine, started.id).await, status);
        assert_eq!(ended_as(&world.engine, child(&world).await).await, Status::Aborted);
        let late = world.engine.report(held.id, held.wait, Outcome::Succeeded(payload("1"))).await;
        assert!(late.is_err());
        until_inbox_is_empty(&world.url).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_nobody_waits_for_outlives_its_parent() {
    let world = world().await;
    world.machine("child", &one_task("q", "")).await;
    let machine = world.machine("parent", &calling("", "")).await;
    world.end(&world.start(&machine, "{}").await).await;
    let mut worker = world.worker("q", 1).await;
    let held = next(&mut worker).await;
    world.succeed(&held, "1").await;
    assert_eq!(ended_as(&world.engine, child(&world).await).await, Status::Succeeded);
    assert_eq!(messages(&world.url).await, 0);
}

/// What a child would send, written as its commit writes it.
async fn send(url: &str, parent: ExecutionId, wait: WaitId, child: ExecutionId) {
    let ended = EndedChild {
        id: child,
        arn: "execution:child:it".to_owned(),
        machine_arn: "machine:child".to_owned(),
        name: "it".to_owned(),
        status: Status::Succeeded,
        started_at: chrono::Utc::now(),
        ended_at: chrono::Utc::now(),
        input: payload("{}"),
        output: Some(payload("1")),
        failure: Failure::default(),
        redrives: 0,
    };
    let message = Message::ChildEnded { wait, number: None, child: Box::new(ended) };
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL runs");
    let send = "insert into inbox (home, receiver, message, format, body) values ($1, $2, $3, $4, $5) on conflict do nothing";
    sqlx::query(send)
        .bind(parent.home().0)
        .bind(parent.0)
        .bind(child.0)
        .bind(message::FORMAT)
        .bind(message::encode(&message))
        .execute(&mut connection)
        .await
        .expect("PostgreSQL runs");
}

/// `ExecutionStarted`, `StateEntered`, and then the call.
const CALL: WaitId = WaitId(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_hint_announced_is_swept_up_and_one_to_a_closed_execution_deleted() {
    let world = world().await;
    world.machine("child", &one_task("q", "")).await;
    let machine = world.machine("parent", &calling(".sync", "")).await;
    let started = world.start(&machine, "{}").await;
    next(&mut world.worker("q", 1).await).await;
    let child = child(&world).await;

    send(&world.url, started.id, CALL, child).await;
    assert_eq!(ended_as(&world.engine, started.id).await, Status::Succeeded);
    until_inbox_is_empty(&world.url).await;

    send(&world.url, started.id, CALL, child).await;
    until_inbox_is_empty(&world.url).await;
    let rows = world.store.execution(started.id).await.unwrap().expect("it is there");
    assert_eq!(rows.status, ExecutionStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_means_nothing_has_no_effect_and_goes() {
    let world = world().await;
    let machine = world.machine("waits", &one_task("q", "")).await;
    let started = world.start(&machine, "{}").await;
    let mut worker = world.worker("q", 1).await;
    let held = next(&mut worker).await;
    send(&world.url, started.id, WaitId(99), started.id).await;
    // Of a worker's task: no child can end it.
    send(&world.url, started.id, CALL, ExecutionId(uuid::Uuid::from_u128(1))).await;
    until_inbox_is_empty(&world.url).await;
    world.succeed(&held, r#""the worker's""#).await;
    assert_eq!(json(world.end(&started).await.output.as_ref()), "the worker's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_ended_while_no_node_was_there_is_heard_by_the_next() {
    let world = world().await;
    world.machine("child", &one_task("q", "")).await;
    let machine = world.machine("parent", &calling(".sync", "")).await;
    let started = world.start(&machine, "{}").await;
    next(&mut world.worker("q", 1).await).await;
    let child = child(&world).await;
    world.engine.leave().await;

    send(&world.url, started.id, CALL, child).await;
    let successor = second(&world.url).await;
    assert_eq!(ended_as(&successor, started.id).await, Status::Succeeded);
    until_inbox_is_empty(&world.url).await;
}

/// As the tests' border, but the first node never gets as far as the start of a child.
#[derive(Debug)]
struct Halting(Arc<dyn Border>, AtomicBool);

impl Border for Halting {
    fn task_token(&self, namespace: NamespaceId, id: ExecutionId, wait: WaitId) -> String {
        self.0.task_token(namespace, id, wait)
    }

    fn read_call(&self, namespace: &Namespace, parameters: &Payload) -> Result<ChildCall, Failure> {
        self.1.store(true, Ordering::Release);
        // Longer than the test: as good as dead.
        std::thread::sleep(Duration::from_mins(10));
        self.0.read_call(namespace, parameters)
    }

    fn arns(&self, machine: &Machine, name: &str, id: ExecutionId) -> (String, String) {
        self.0.arns(machine, name, id)
    }

    fn refusal(&self, namespace: &Namespace, call: &ChildCall, refused: &ChildRefused) -> Failure {
        self.0.refusal(namespace, call, refused)
    }
}

#[test]
fn a_call_whose_node_died_between_its_intent_and_the_start_is_made_by_the_next_and_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let world = world().await;
        world.machine("child", ADDS).await;
        let machine = world.machine("parent", &calling(".sync:2", "")).await;
        world.engine.leave().await;
        let halting = Arc::new(Halting(border(), AtomicBool::new(false)));
        let first = Engine::join(world.store.clone(), config(), halting.clone()).await;
        let first = first.expect("the schema is there");
        ready(&first).await;
        let started = first.start(start(&machine, None, "7")).await.expect("it starts");
        let halted = async {
            while !halting.1.load(Ordering::Acquire) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, halted).await.expect("the intent is durable");
        first.leave().await;

        let successor = second(&world.url).await;
        assert_eq!(ended_as(&successor, started.id).await, Status::Succeeded);
        child(&world).await;
        until_inbox_is_empty(&world.url).await;
    });
    // A thread of it still sleeps.
    runtime.shutdown_background();
}
