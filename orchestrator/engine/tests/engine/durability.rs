//! Nothing is visible before it is durable, and an outage of PostgreSQL is survived without a restart.

use std::time::Duration;

use cluster::{ScratchCluster, StopMode};
use engine::{EngineError, Outcome};
use execution::Status;
use sqlx::{Connection, PgConnection};

use crate::support::{PATIENCE, config, next, one_task, payload, start, world, world_on};

/// Holds every lane's fence, so that no commit can go through meanwhile.
pub(crate) async fn hold_commits(url: &str) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL runs");
    for statement in ["begin", "select from fence for update"] {
        sqlx::query(statement).execute(&mut connection).await.expect("it is a plain statement");
    }
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn no_caller_and_no_worker_sees_a_start_before_its_commit() {
    let world = world().await;
    let machine = world.machine("held", &one_task("q", "")).await;
    let mut worker = world.worker("q", 1).await;
    let held = hold_commits(&world.url).await;

    let engine = world.engine.clone();
    let begun = start(&machine, None, "{}");
    let mut starting = tokio::spawn(async move { engine.start(begun).await });
    let meanwhile = Duration::from_millis(400);
    assert!(tokio::time::timeout(meanwhile, worker.next()).await.is_err(), "no task is out");
    assert!(!starting.is_finished(), "no caller is answered");

    held.close().await.expect("PostgreSQL runs");
    let started = (&mut starting).await.expect("no panic").expect("it starts");
    assert_eq!(next(&mut worker).await.id, started.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_worker_hears_that_its_outcome_was_accepted_before_its_commit() {
    let world = world().await;
    let machine = world.machine("held-outcome", &one_task("q", "")).await;
    let mut worker = world.worker("q", 1).await;
    let started = world.start(&machine, "{}").await;
    let task = next(&mut worker).await;
    let held = hold_commits(&world.url).await;

    let engine = world.engine.clone();
    let reporting = tokio::spawn(async move {
        engine.report(task.id, task.wait, Outcome::Succeeded(payload("1"))).await
    });
    let ended = world.engine.wait_for_end(started.id, Duration::from_millis(400)).await;
    assert!(ended.expect("the engine answers").is_none(), "nobody sees the end");
    assert!(!reporting.is_finished(), "the worker is not answered");

    held.close().await.expect("PostgreSQL runs");
    reporting.await.expect("no panic").expect("the outcome is accepted");
    assert_eq!(world.end(&started).await.status, Status::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgresql_is_away_calls_are_refused_and_then_everything_goes_on() {
    let mut scratch = ScratchCluster::start().expect("PostgreSQL's binaries are there");
    let world = world_on(scratch.database(), config()).await;
    let machine = world.machine("outage", &one_task("q", "")).await;
    let mut worker = world.worker("q", 10).await;
    let before = world.start(&machine, "1").await;
    let task = next(&mut worker).await;
    world.engine.acknowledge(task.id, task.wait).await.expect("it is held");

    scratch.cluster_mut().stop(StopMode::Immediate).expect("it stops");
    let refused = tokio::time::timeout(PATIENCE, world.engine.start(start(&machine, None, "2")));
    let refused = refused.await.expect("it is answered in time");
    assert!(matches!(refused, Err(EngineError::Unavailable { .. })), "{refused:?}");
    scratch.cluster_mut().restart().expect("it starts again");

    let accepted = async {
        while let Err(error) =
            world.engine.report(task.id, task.wait, Outcome::Succeeded(payload("1"))).await
        {
            assert!(matches!(error, EngineError::Unavailable { .. }), "{error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, accepted).await.expect("the outcome is accepted in time");
    assert_eq!(world.end(&before).await.status, Status::Succeeded);
}
