//! Tasks that wait for their token: the call is a worker's, the answer anybody's who has the token.

use std::time::Duration;

use engine::{Engine, EngineError, HandOut, Outcome};
use execution::event::Failure;
use execution::{ExecutionId, Status, WaitId};

use crate::nodes::second;
use crate::support::{World, json, next, payload, ready, token, world};

const ASK: &str = "sqs:sendMessage";

fn asking(fields: &str) -> String {
    let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
    let parameters = r#""Parameters": {"token.$": "$$.Task.Token"}"#;
    format!(
        r#"{{"StartAt": "Ask", "States": {{"Ask": {{"Type": "Task", "Resource": "{resource}", {parameters}, {fields} "End": true}}}}}}"#
    )
}

/// The call, handed to its worker, and the callback's token in it.
async fn asked(world: &World) -> (HandOut, (ExecutionId, WaitId)) {
    let mut worker = world.worker(ASK, 1).await;
    let call = next(&mut worker).await;
    world.engine.acknowledge(call.id, call.wait).await.expect("it is held");
    let text = call.input.value()["token"].to_string();
    (call, token(&text))
}

async fn answer(
    engine: &Engine,
    token: (ExecutionId, WaitId),
    with: &str,
) -> Result<(), EngineError> {
    engine.report(token.0, token.1, Outcome::Succeeded(payload(with))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_makes_the_call_and_whoever_has_the_token_ends_the_task_once() {
    let world = world().await;
    let machine = world.machine("asks", &asking("")).await;
    let started = world.start(&machine, "{}").await;
    let (call, token) = asked(&world).await;
    assert_ne!(call.wait, token.1, "the hand-out and the callback are two waits");

    world.succeed(&call, r#"{"MessageId": "1"}"#).await;
    let again = answer(&world.engine, (call.id, call.wait), "1").await;
    assert_eq!(again.unwrap_err(), EngineError::TaskOver, "the call was made already");
    answer(&world.engine, token, r#"{"approved": true}"#).await.expect("the callback is open");

    let ended = world.end(&started).await;
    assert_eq!(json(ended.output.as_ref()).to_string(), r#"{"approved":true}"#);
    let late = answer(&world.engine, token, "2").await;
    assert_eq!(late.unwrap_err(), EngineError::TaskOver);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_is_faster_than_its_call_ends_the_task_and_the_call_is_refused() {
    let world = world().await;
    let machine = world.machine("fast", &asking("")).await;
    let started = world.start(&machine, "{}").await;
    let (call, token) = asked(&world).await;
    let failure = Failure::new("Declined", "not today");
    let declined = Outcome::Failed(failure.clone());
    world.engine.report(token.0, token.1, declined).await.expect("the callback is open");
    let ended = world.end(&started).await;
    assert_eq!((ended.status, ended.failure), (Status::Failed, failure));
    let late = answer(&world.engine, (call.id, call.wait), "1").await;
    assert_eq!(late.unwrap_err(), EngineError::TaskOver);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_over_the_whole_wait_and_a_heartbeat_by_the_token_prolongs_it() {
    let world = world().await;
    let machine =
        world.machine("limits", &asking(r#""HeartbeatSeconds": 1, "TimeoutSeconds": 4,"#)).await;
    let started = world.start(&machine, "{}").await;
    let (call, token) = asked(&world).await;
    world.engine.heartbeat(token.0, token.1).await.expect("before the call is made");
    world.succeed(&call, "{}").await;
    let began = std::time::Instant::now();
    let mut beats = 0;
    while world.engine.heartbeat(token.0, token.1).await.is_ok() {
        beats += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Heartbeats have kept it until its timeout.
    assert!(began.elapsed() > Duration::from_secs(3) && beats > 10, "{beats}");
    let ended = world.end(&started).await;
    assert_eq!(ended.failure.error.as_deref(), Some("States.Timeout"));

    let started = world.start(&machine, "{}").await;
    let (call, _) = asked(&world).await;
    world.succeed(&call, "{}").await;
    let began = std::time::Instant::now();
    let ended = world.end(&started).await;
    assert_eq!(ended.failure.error.as_deref(), Some("States.Timeout"));
    assert!(began.elapsed() < Duration::from_secs(3), "no heartbeat came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_outlives_the_node_that_opened_it() {
    let world = world().await;
    let machine = world.machine("outlives", &asking("")).await;
    let (before, after) = (world.start(&machine, "1").await, world.start(&machine, "2").await);
    let (call, before_token) = asked(&world).await;
    world.succeed(&call, "{}").await;
    let (open_call, open_token) = asked(&world).await;

    let successor = second(&world.url).await;
    world.engine.leave().await;
    ready(&successor).await;

    answer(&successor, before_token, "1").await.expect("it waits on");
    // The call that was not made when its node left goes on, too, and then its callback.
    successor.acknowledge(open_call.id, open_call.wait).await.expect("its worker announces it");
    answer(&successor, (open_call.id, open_call.wait), "{}").await.expect("the call is made");
    answer(&successor, open_token, "2").await.expect("the callback is open");
    for started in [before, after] {
        let ended = successor.wait_for_end(started.id, crate::support::PATIENCE).await;
        let ended = ended.expect("the engine answers").expect("it ends in time");
        assert_eq!(ended.status, Status::Succeeded);
    }
}
