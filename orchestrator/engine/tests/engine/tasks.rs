//! Hand-outs, acknowledgements, heartbeats, timeouts, and answers that come too late.

use std::time::Duration;

use engine::{EngineConfig, EngineError, Held, Outcome, Session};
use execution::Status;
use execution::event::Failure;

use crate::support::{World, config, next, one_task, payload, world, world_with};

const SOON: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_has_one_accepted_outcome() {
    let world = world().await;
    let machine = world.machine("once", &one_task("q", "")).await;
    let mut worker = world.worker("q", 1).await;
    let started = world.start(&machine, "{}").await;
    let task = next(&mut worker).await;

    let report = |outcome| world.engine.report(task.id, task.wait, outcome);
    let (one, two) = tokio::join!(
        report(Outcome::Succeeded(payload("1"))),
        report(Outcome::Succeeded(payload("2")))
    );

    let accepted = [one, two].into_iter().flatten().count();
    assert_eq!(accepted, 1);
    world.end(&started).await;
    let late = report(Outcome::Failed(Failure::default())).await;
    assert_eq!(late.unwrap_err(), EngineError::TaskOver);
    let unknown = execution::WaitId(99);
    let never = world.engine.report(task.id, unknown, Outcome::Succeeded(payload("1"))).await;
    assert_eq!(never.unwrap_err(), EngineError::TaskOver);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_waits_for_its_worker_and_credits_are_never_exceeded() {
    let world = world().await;
    let machine = world.machine("credits", &one_task("q", "")).await;
    for _ in 0..3 {
        world.start(&machine, "{}").await;
    }
    let mut worker = world.worker("q", 2).await;
    let first = next(&mut worker).await;
    next(&mut worker).await;
    assert!(tokio::time::timeout(SOON, worker.next()).await.is_err(), "two credits, two tasks");
    world.succeed(&first, "1").await;
    assert!(tokio::time::timeout(SOON, worker.next()).await.is_err(), "an outcome is no credit");
    worker.grant("q", 1);
    next(&mut worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unacknowledged_hand_out_is_offered_again_under_a_fresh_wait() {
    let world = world_with(EngineConfig { handout_ack: SOON, ..config() }).await;
    let machine = world.machine("ack", &one_task("q", "")).await;
    let mut worker = world.worker("q", 2).await;
    let started = world.start(&machine, "{}").await;

    let first = next(&mut worker).await;
    let second = next(&mut worker).await;

    assert_eq!((second.id, second.attempt, second.hand_outs_before), (first.id, 1, 1));
    assert_ne!(second.wait, first.wait);
    let held = Held { node: first.node, id: first.id, wait: first.wait };
    assert_eq!(worker.cancelled().await, [held]);
    world.engine.acknowledge(second.id, second.wait).await.expect("it is held");
    let stale = world.engine.report(first.id, first.wait, Outcome::Succeeded(payload("1"))).await;
    assert_eq!(stale.unwrap_err(), EngineError::TaskOver);
    world.succeed(&second, "2").await;
    assert_eq!(world.end(&started).await.output.expect("it succeeded").text(), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_session_gives_back_what_it_had_not_acknowledged_and_keeps_the_rest() {
    let world = world().await;
    break_off(&world, world.worker("q", 2).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_workers_broken_session_gives_back_what_was_not_acknowledged_in_its_place() {
    let world = world().await;
    break_off(&world, world.silent_worker("q", 2).await).await;
}

async fn break_off(world: &World, mut worker: Session) {
    let machine = world.machine("broken", &one_task("q", "")).await;
    let kept = world.start(&machine, "1").await;
    let lost = world.start(&machine, "2").await;
    let tasks = [next(&mut worker).await, next(&mut worker).await];
    let held = tasks.iter().find(|task| task.id == kept.id).expect("both came");
    world.engine.acknowledge(held.id, held.wait).await.expect("it is held");

    drop(worker);

    let mut successor = world.worker("q", 2).await;
    let again = next(&mut successor).await;
    assert_eq!((again.id, again.hand_outs_before), (lost.id, 1));
    assert!(tokio::time::timeout(SOON, successor.next()).await.is_err());
    world.succeed(held, "1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_given_back_goes_to_the_next_worker_at_once() {
    let world = world().await;
    let machine = world.machine("back", &one_task("q", "")).await;
    let mut worker = world.worker("q", 1).await;
    world.start(&machine, "{}").await;
    let task = next(&mut worker).await;
    let mut other = world.worker("q", 1).await;

    world.engine.give_back(task.id, task.wait).await.expect("it is held");

    let again = next(&mut other).await;
    assert_eq!((again.id, again.attempt, again.hand_outs_before), (task.id, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_heartbeat_fails_the_attempt_and_a_heartbeat_keeps_it() {
    let world = world().await;
    let fields = r#""HeartbeatSeconds": 1, "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1}],"#;
    let machine = world.machine("beats", &one_task("q", fields)).await;
    let mut worker = world.worker("q", 2).await;
    let started = world.start(&machine, "{}").await;

    let first = next(&mut worker).await;
    for _ in 0..6 {
        tokio::time::sleep(SOON).await;
        world.engine.heartbeat(first.id, first.wait).await.expect("it is alive");
    }
    // Now it falls silent.
    let second = next(&mut worker).await;
    assert_eq!(second.attempt, 2);
    let late = world.engine.heartbeat(first.id, first.wait).await;
    assert_eq!(late.unwrap_err(), EngineError::TaskOver);
    world.succeed(&second, "1").await;
    assert_eq!(world.end(&started).await.status, Status::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_takes_too_long_times_out() {
    let world = world().await;
    let machine = world.machine("slow", &one_task("q", r#""TimeoutSeconds": 1,"#)).await;
    let mut worker = world.worker("q", 1).await;
    let started = world.start(&machine, "{}").await;
    let task = next(&mut worker).await;
    world.engine.acknowledge(task.id, task.wait).await.expect("it is held");

    let ended = world.end(&started).await;

    assert_eq!(ended.failure.error.as_deref(), Some("States.Timeout"));
    assert!(ended.ended_at >= task.deadline.expect("it has one"), "no timer fires early");
}
