//! One node is active; another stands by and takes over; one whose fence has fallen writes nothing more.

use std::time::Duration;

use engine::{Engine, EngineConfig, EngineError, Outcome, Readiness};
use execution::Status;
use sqlx::{Connection, PgConnection};
use store::{Store, StoreOptions};

use crate::support::{
    PATIENCE, border, config, next, one_task, payload, ready, start, worker as worker_of, world,
};

pub(crate) async fn second(url: &str) -> Engine {
    let store = Store::connect(StoreOptions::new(url)).await.expect("PostgreSQL runs");
    Engine::join(store, config(), border()).await.expect("the schema is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_node_stands_by_and_takes_over_when_the_first_leaves() {
    let world = world().await;
    let machine = world.machine("handed-over", &one_task("q", "")).await;
    let mut worker = world.worker("q", 1).await;
    let started = world.start(&machine, "1").await;
    let held = next(&mut worker).await;
    world.engine.acknowledge(held.id, held.wait).await.expect("it is held");
    let waiting = world.start(&machine, "2").await;
    let successor = second(&world.url).await;
    let refused = successor.start(start(&machine, None, "3")).await;
    assert!(matches!(refused, Err(EngineError::Unavailable { .. })), "it stands by: {refused:?}");

    world.engine.leave().await;
    ready(&successor).await;

    successor.acknowledge(held.id, held.wait).await.expect("its worker announces it");
    let outcome = Outcome::Succeeded(payload("1"));
    successor.report(held.id, held.wait, outcome).await.expect("the attempt goes on");
    let mut worker = worker_of(&successor, "q", 1, false).await;
    let task = next(&mut worker).await;
    assert_eq!(task.id, waiting.id);
    let outcome = Outcome::Succeeded(payload("2"));
    successor.report(task.id, task.wait, outcome).await.expect("the outcome is accepted");
    for started in [started, waiting] {
        let ended = successor.wait_for_end(started.id, PATIENCE).await;
        let ended = ended.expect("the engine answers").expect("it ends in time");
        assert_eq!(ended.status, Status::Succeeded);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_takeover_what_nobody_announces_is_offered_again_but_not_what_a_silent_worker_holds()
 {
    let world = world().await;
    let mut silent = world.silent_worker("silent", 1).await;
    let mut gone = world.worker("gone", 1).await;
    let mut held = Vec::new();
    for (queue, worker) in [("silent", &mut silent), ("gone", &mut gone)] {
        let machine = world.machine(queue, &one_task(queue, "")).await;
        world.start(&machine, "1").await;
        let task = next(worker).await;
        world.engine.acknowledge(task.id, task.wait).await.expect("it is held");
        held.push(task);
    }
    let store = Store::connect(StoreOptions::new(&world.url)).await.expect("PostgreSQL runs");
    let brief = EngineConfig { announce_grace: Duration::from_millis(100), ..config() };
    let successor = Engine::join(store, brief, border()).await.expect("the schema is there");

    world.engine.leave().await;
    ready(&successor).await;

    // What was nobody's comes again, under another token.
    let mut worker = worker_of(&successor, "gone", 1, false).await;
    let again = next(&mut worker).await;
    assert_eq!((again.id, again.hand_outs_before), (held[1].id, 1));
    assert_ne!(again.wait, held[1].wait);
    let succeed = async |id, wait| {
        let outcome = Outcome::Succeeded(payload("1"));
        successor.report(id, wait, outcome).await
    };
    assert_eq!(succeed(again.id, again.wait).await, Ok(()));
    // The silent worker's outcome counts, as it would have without the takeover.
    assert_eq!(succeed(held[0].id, held[0].wait).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_fence_has_fallen_writes_nothing_and_joins_again() {
    let world = world().await;
    let machine = world.machine("fallen", &one_task("q", "")).await;
    let mut readiness = world.engine.readiness();
    readiness.mark_unchanged();

    // What a survivor does to a node that it believes dead.
    let mut connection = PgConnection::connect(&world.url).await.expect("PostgreSQL runs");
    let (node, counter): (i64, i64) =
        sqlx::query_as("select id, counter from node where state = 'ALIVE'")
            .fetch_one(&mut connection)
            .await
            .expect("it has joined");
    let mut deposed = false;
    for seen in counter..counter + 100 {
        deposed |= world.store.depose(store::NodeId(node), seen).await.expect("PostgreSQL runs");
        if deposed {
            break;
        }
    }
    assert!(deposed);

    let lost = world.engine.start(start(&machine, None, "1")).await;
    assert!(matches!(lost, Err(EngineError::Unavailable { .. })), "{lost:?}");
    let (written,): (i64,) = sqlx::query_as("select count(*) from history")
        .fetch_one(&mut connection)
        .await
        .expect("PostgreSQL runs");
    assert_eq!(written, 0);
    let again = readiness.wait_for(|readiness| *readiness == Readiness::Ready);
    tokio::time::timeout(PATIENCE, again).await.expect("it joins again").expect("it runs");
}
