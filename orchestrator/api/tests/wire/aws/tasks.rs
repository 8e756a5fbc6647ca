//! Workers with AWS's SDKs: a long poll for one task, its outcome, its heartbeats.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::client::{ARN, Aws, text};
use crate::world::{World, soon};

const ACTIVITY: &str = r#"{"StartAt": "Pay", "States": {"Pay": {"Type": "Task",
    "Resource": "arn:aws:states:us-east-1:000000000000:activity:pay", "End": true}}}"#;

async fn poll(aws: &Aws) -> Value {
    let request = json!({ "activityArn": format!("{ARN}:activity:pay"), "workerName": "w-1" });
    soon(aws.ok("GetActivityTask", request)).await
}

fn waiting(aws: &Aws) -> JoinHandle<Value> {
    let aws = aws.clone();
    tokio::spawn(async move { poll(&aws).await })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_polled_kept_alive_and_answered_once() {
    let world = World::new().await;
    let aws = world.aws();
    aws.ok("CreateActivity", json!({ "name": "pay" })).await;
    let machine = aws.create("order", ACTIVITY).await;
    let waiting = waiting(&aws);
    let execution = aws.start(&machine, r#"{"amount": 1.10}"#).await;
    let task = waiting.await.unwrap();
    assert_eq!(task["input"], r#"{"amount": 1.10}"#);
    let token = text(&task, "taskToken");

    assert_eq!(aws.ok("SendTaskHeartbeat", json!({ "taskToken": token })).await, json!({}));
    // What is refused leaves the task as it was.
    let broken = json!({ "taskToken": token, "output": "{paid" });
    let refused = aws.refused("SendTaskSuccess", broken).await;
    assert_eq!((refused.status, refused.code()), (400, "InvalidOutput"));
    let why = "Invalid Output: 'Unexpected character ('p' (code 112)): was expecting double-quote to start field name'";
    assert_eq!(refused.message(), why);
    let success = json!({ "taskToken": token, "output": "\"paid\"" });
    assert_eq!(aws.ok("SendTaskSuccess", success.clone()).await, json!({}));

    let events = world.watch(&execution).await;
    assert_eq!(events.last().unwrap().r#type, "ExecutionSucceeded");
    let history = aws.ok("GetExecutionHistory", json!({ "executionArn": execution })).await;
    assert_eq!(
        history["events"][2]["activityScheduledEventDetails"]["input"],
        r#"{"amount": 1.10}"#
    );
    assert_eq!(history["events"][3]["activityStartedEventDetails"], json!({ "workerName": "w-1" }));
    assert_eq!(history["events"][4]["activitySucceededEventDetails"]["output"], "\"paid\"");
    for (operation, request) in [
        ("SendTaskSuccess", success),
        ("SendTaskFailure", json!({ "taskToken": token })),
        ("SendTaskHeartbeat", json!({ "taskToken": token })),
    ] {
        let refused = aws.refused(operation, request).await;
        assert_eq!(
            refused.to_string(),
            "400 TaskTimedOut Task Timed Out: 'Provided task does not exist anymore'",
            "{operation}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_carries_its_error_and_cause() {
    let world = World::new().await;
    let aws = world.aws();
    aws.ok("CreateActivity", json!({ "name": "pay" })).await;
    let machine = aws.create("order", ACTIVITY).await;
    let execution = aws.start(&machine, "{}").await;
    let token = text(&poll(&aws).await, "taskToken");
    let failure = json!({ "taskToken": token, "error": "NoFunds", "cause": "none left" });
    assert_eq!(aws.ok("SendTaskFailure", failure).await, json!({}));

    world.watch(&execution).await;
    let described = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
    assert_eq!(described["status"], "FAILED");
    assert_eq!(
        (&described["error"], &described["cause"]),
        (&json!("NoFunds"), &json!("none left"))
    );
}

/// A poll whose worker can hang up at an instant: the connection ends where it is dropped.
async fn connection_that_polls(world: &World) -> TcpStream {
    let body = json!({ "activityArn": format!("{ARN}:activity:pay") }).to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-amz-json-1.0\r\n\
         x-amz-target: AWSStepFunctions.GetActivityTask\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(world.address).await.expect("the server listens");
    connection.write_all(request.as_bytes()).await.expect("it listens");
    connection
}

/// Workers hang up while they wait; a task that comes at once goes to the one that stayed, with no retry used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_leaves_during_its_poll_loses_no_task() {
    let world = World::new().await;
    let aws = world.aws();
    aws.ok("CreateActivity", json!({ "name": "pay" })).await;
    let machine = aws.create("order", ACTIVITY).await;
    for _ in 0..20 {
        let mut polls = Vec::new();
        for _ in 0..8 {
            polls.push(connection_that_polls(&world).await);
        }
        waited(&world, 8).await;
        drop(polls);
        let execution = aws.start(&machine, "{}").await;
        let token = text(&poll(&aws).await, "taskToken");
        aws.ok("SendTaskSuccess", json!({ "taskToken": token, "output": "{}" })).await;
        let events = soon(world.watch(&execution)).await;
        let scheduled = events.iter().filter(|it| it.r#type == "ActivityScheduled").count();
        assert_eq!((scheduled, events.last().unwrap().r#type.as_str()), (1, "ExecutionSucceeded"));
    }
}

/// Until so many workers wait at the queue.
async fn waited(world: &World, workers: u32) {
    let namespace = world.engine.catalog().namespace("default").await;
    let namespace = namespace.expect("PostgreSQL answers").expect("it is always there");
    soon(async {
        while world.engine.pollers(namespace.id, "pay") < workers {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_ends_empty_when_the_server_stops() {
    let world = World::new().await;
    let aws = world.aws();
    aws.ok("CreateActivity", json!({ "name": "pay" })).await;
    let waiting = waiting(&aws);
    waited(&world, 1).await;
    world.stop.cancel();
    assert_eq!(waiting.await.unwrap(), json!({}));
}
