//! A redrive's statement: whole or not at all, behind the fence, and once.

use chrono::Utc;
use execution::ExecutionId;
use store::{Batch, Committed, End, ExecutionStatus, FenceRef, Lane, NewRow, Redrive};

use crate::world::{WRITTEN, World, end, id, message, refusal, row, write};

fn redrive(row: NewRow, count: u64) -> Redrive {
    Redrive { row, count, end: None, sent: Vec::new(), taken: Vec::new() }
}

/// An execution that has failed with its first row.
async fn failed(world: &World, lane: &mut Lane, id: ExecutionId) {
    let batch = Batch { ends: vec![end(id, ExecutionStatus::Failed)], ..world.starts(&[id]) };
    write(lane, &batch).await;
}

#[tokio::test]
async fn an_execution_runs_again_under_its_new_owner_and_ends_again() {
    let world = World::new().await;
    let (_, mut before) = world.lane().await;
    let (node, mut lane) = world.lane().await;
    let (it, receiver) = (id(1), id(2));
    failed(&world, &mut before, it).await;
    let heard = vec![message(receiver, it, "heard")];
    write(&mut lane, &Batch { sent: heard.clone(), ..Batch::default() }).await;

    // When another node redrives it, with what it sends and what it has heard.
    let opened = Redrive {
        sent: vec![message(it, receiver, "sent")],
        taken: vec![heard[0].key],
        ..redrive(row(it, 2), 1)
    };
    assert_eq!(lane.redrive(&opened).await.unwrap(), WRITTEN);

    // Then it runs there, and shows how often and when it was redriven.
    let shown = world.store.execution(it).await.unwrap().unwrap();
    assert_eq!((shown.status, shown.owner), (ExecutionStatus::Running, Some(node)));
    assert_eq!(shown.ended_at, None);
    let redriven = shown.redriven.unwrap();
    assert_eq!(redriven.count, 1);
    assert_eq!(redriven.at.timestamp_micros(), opened.row.at.timestamp_micros());
    assert_eq!(world.history_length(it).await, 2);
    assert_eq!(world.inbox().await, [(receiver, "sent".to_owned())]);

    // And the hot statement ends it as it ends any other.
    let batch = Batch {
        rows: vec![row(it, 3)],
        ends: vec![end(it, ExecutionStatus::Succeeded)],
        ..Batch::default()
    };
    write(&mut lane, &batch).await;
    let shown = world.store.execution(it).await.unwrap().unwrap();
    assert_eq!((shown.status, shown.owner), (ExecutionStatus::Succeeded, None));
    assert_eq!(shown.redriven, Some(redriven));
}

#[tokio::test]
async fn a_redrive_may_end_what_it_opens_in_the_same_statement() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let it = id(1);
    failed(&world, &mut lane, it).await;
    let again = End { id: it, status: ExecutionStatus::TimedOut, ended_at: Utc::now() };
    let opened = Redrive { end: Some(again), ..redrive(row(it, 2), 7) };

    assert_eq!(lane.redrive(&opened).await.unwrap(), WRITTEN);

    let shown = world.store.execution(it).await.unwrap().unwrap();
    assert_eq!((shown.status, shown.owner), (ExecutionStatus::TimedOut, None));
    assert_eq!(shown.redriven.map(|redriven| redriven.count), Some(7));
}

#[tokio::test]
async fn what_runs_has_succeeded_or_is_not_there_is_refused_and_leaves_no_trace() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (runs, done, nobody) = (id(1), id(2), id(3));
    write(&mut lane, &world.starts(&[runs])).await;
    let ends = vec![end(done, ExecutionStatus::Succeeded)];
    write(&mut lane, &Batch { ends, ..world.starts(&[done]) }).await;
    for it in [runs, done, nobody] {
        let refused = refusal(lane.redrive(&redrive(row(it, 2), 1)).await);
        assert!(refused.message.contains("runs, has succeeded, or is not there"), "{refused}");
        assert!(world.history_length(it).await < 2);
    }
}

#[tokio::test]
async fn of_two_at_once_one_is_refused() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let (other, mut others) = world.lane().await;
    let it = id(1);
    failed(&world, &mut lane, it).await;
    let (first, second) = (redrive(row(it, 2), 1), redrive(row(it, 2), 1));

    let (first, second) = tokio::join!(lane.redrive(&first), others.redrive(&second));

    let shown = world.store.execution(it).await.unwrap().unwrap();
    let winner = if first.is_ok() { node } else { other };
    assert_eq!(shown.owner, Some(winner));
    assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    assert_eq!(world.history_length(it).await, 2);
}

#[tokio::test]
async fn a_history_that_has_gone_on_since_it_was_read_is_refused() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let it = id(1);
    failed(&world, &mut lane, it).await;
    let again = End { id: it, status: ExecutionStatus::Failed, ended_at: Utc::now() };
    let faster = Redrive { end: Some(again), ..redrive(row(it, 2), 1) };
    assert_eq!(lane.redrive(&faster).await.unwrap(), WRITTEN);

    let refused = refusal(lane.redrive(&redrive(row(it, 2), 1)).await);

    assert!(refused.constraint.is_some_and(|name| name.starts_with("history")), "its seq is taken");
    let shown = world.store.execution(it).await.unwrap().unwrap();
    assert_eq!(shown.status, ExecutionStatus::Failed);
}

#[tokio::test]
async fn behind_a_fence_that_has_fallen_nothing_is_opened() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let it = id(1);
    failed(&world, &mut lane, it).await;
    let mut orphan = world.store.lane(node, 0, 1).await.unwrap();
    lane.raise_epoch().await.unwrap();

    assert_eq!(orphan.redrive(&redrive(row(it, 2), 1)).await.unwrap(), Committed::Fenced);

    assert_eq!(orphan.fence(), FenceRef { node, lane: 0, epoch: 1 });
    let shown = world.store.execution(it).await.unwrap().unwrap();
    assert_eq!((shown.status, shown.redriven), (ExecutionStatus::Failed, None));
    assert_eq!(world.history_length(it).await, 1);
}
