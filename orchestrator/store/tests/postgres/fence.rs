//! The fence: what stands behind it, who may kill it, and what waits for whom.

use std::pin::pin;

use execution::ExecutionId;
use sqlx::Connection;
use store::{Batch, CommitError, Committed, ExecutionStatus, FenceRef, PeerState, Raised};

use crate::world::{World, end, id, message, row, rows, still_waiting, until_waiting, write};

/// Everything that a commit can write, for a world with `running` in it.
fn one_of_each(world: &World, running: ExecutionId, fresh: [ExecutionId; 2]) -> Batch {
    Batch {
        starts: vec![world.start(fresh[0]), world.named(fresh[1], "n")],
        rows: vec![row(running, 2), row(fresh[0], 1), row(fresh[1], 1)],
        ends: vec![end(running, ExecutionStatus::Succeeded)],
        sent: vec![message(running, fresh[0], "sent")],
        taken: vec![message(fresh[0], running, "taken").key],
    }
}

/// The number of rows in each table that a commit writes, and of executions that have ended.
async fn contents(world: &World) -> (i64, i64, i64, i64, i64) {
    let count = "select (select count(*) from execution), (select count(*) from execution_name), \
                 (select count(*) from history), (select count(*) from execution where ended_at is not null), (select count(*) from inbox)";
    sqlx::query_as(count).fetch_one(&mut world.connection().await).await.expect("counts")
}

#[tokio::test]
async fn a_fenced_commit_writes_nothing_at_all() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let running = id(1);
    write(&mut lane, &world.starts(&[running])).await;
    let sent = vec![message(id(2), running, "taken")];
    write(&mut lane, &Batch { sent, ..Batch::default() }).await;
    let before = contents(&world).await;
    let counter = heartbeat_counter(&world, node).await;
    assert!(world.store.depose(node, counter).await.unwrap());

    let committed = lane.commit(&one_of_each(&world, running, [id(2), id(3)])).await.unwrap();

    assert_eq!(committed, Committed::Fenced);
    assert_eq!(contents(&world).await, before);
    assert_eq!(lane.raise_epoch().await.unwrap(), Raised::Deposed);
}

#[tokio::test]
async fn a_commit_of_an_older_epoch_writes_nothing_at_all() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let running = id(1);
    write(&mut lane, &world.starts(&[running])).await;
    let before = contents(&world).await;
    let mut orphan = world.store.lane(node, 0, 1).await.unwrap();
    assert_eq!(lane.raise_epoch().await.unwrap(), Raised::Standing);
    let batch = one_of_each(&world, running, [id(2), id(3)]);

    assert_eq!(orphan.commit(&batch).await.unwrap(), Committed::Fenced);
    assert_eq!(contents(&world).await, before);

    write(&mut lane, &batch).await;
    assert_eq!(contents(&world).await, (3, 1, 4, 1, 1));
}

#[tokio::test]
async fn deposing_waits_for_the_commit_in_flight_and_empties_later_ones() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let counter = heartbeat_counter(&world, node).await;
    // A commit that is held up half-way: another transaction holds its name.
    let mut blocker = world.connection().await;
    let mut watcher = world.connection().await;
    let mut held = blocker.begin().await.unwrap();
    let take = "insert into execution_name (home, machine, name, id, input_hash) values (0, $1, 'n', $2, '')";
    sqlx::query(take).bind(world.machine.id).bind(id(9).0).execute(&mut *held).await.unwrap();
    let (one, named) = (id(1), id(2));
    let mut batch = world.starts(&[one]);
    batch.starts.push(world.named(named, "n"));
    batch.rows.push(row(named, 1));
    let mut commit = Box::pin(lane.commit(&batch));
    still_waiting(&mut commit, until_waiting(&mut watcher, 1)).await;

    let mut depose = pin!(world.store.depose(node, counter));
    let both_wait = until_waiting(&mut watcher, 2);
    tokio::select! {
        biased;
        early = &mut depose => panic!("did not wait for the commit: {early:?}"),
        early = &mut commit => panic!("did not wait for the name: {early:?}"),
        () = both_wait => {}
    }
    held.rollback().await.unwrap();

    assert!(matches!(commit.await.unwrap(), Committed::Written { .. }), "it was in time");
    assert!(depose.await.unwrap());
    assert_eq!(lane.commit(&rows(vec![row(one, 2)])).await.unwrap(), Committed::Fenced);
    assert_eq!(contents(&world).await, (2, 1, 2, 0, 0));
}

#[tokio::test]
async fn a_commit_that_comes_while_its_node_is_deposed_writes_nothing() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    // Deposing, half-way: the fence row is locked for the kill, which is not committed yet.
    let mut survivor = world.connection().await;
    let mut watcher = world.connection().await;
    let mut deposing = survivor.begin().await.unwrap();
    let kill = "delete from fence where node = $1";
    sqlx::query(kill).bind(node).execute(&mut *deposing).await.unwrap();

    let batch = world.starts(&[id(1)]);
    let mut commit = Box::pin(lane.commit(&batch));
    still_waiting(&mut commit, until_waiting(&mut watcher, 1)).await;
    deposing.commit().await.unwrap();

    assert_eq!(commit.await.unwrap(), Committed::Fenced);
    assert_eq!(contents(&world).await, (0, 0, 0, 0, 0));
}

#[tokio::test]
async fn a_node_that_has_beaten_since_is_not_deposed() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let counter = heartbeat_counter(&world, node).await;
    world.store.heartbeat(node).await.unwrap();

    assert!(!world.store.depose(node, counter).await.unwrap());

    write(&mut lane, &world.starts(&[id(1)])).await;
    assert!(world.store.heartbeat(node).await.unwrap().alive);
}

#[tokio::test]
async fn a_node_learns_of_its_peers_and_of_its_own_death() {
    let world = World::new().await;
    let (one, _) = world.lane().await;
    assert_eq!(world.store.heartbeat(one).await.unwrap().peers, []);
    let (two, _) = world.lane().await;
    let (three, _) = world.lane().await;
    world.store.leave(three).await.unwrap();
    assert!(world.store.depose(one, 1).await.unwrap());

    let beat = world.store.heartbeat(two).await.unwrap();
    assert!(beat.alive);
    let states: Vec<_> = beat.peers.iter().map(|peer| (peer.id, peer.state)).collect();
    assert_eq!(states, [(one, PeerState::Dead), (three, PeerState::Left)]);
    let late = world.store.heartbeat(one).await.unwrap();
    assert!(!late.alive);
    assert_eq!(late.peers[0].counter, 1, "the living one's counter is its beats");
}

#[tokio::test]
async fn after_a_doubt_the_raise_waits_for_the_orphan_and_what_it_wrote_is_there() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let mut blocker = world.connection().await;
    let mut watcher = world.connection().await;
    let mut held = blocker.begin().await.unwrap();
    let take = "insert into execution_name (home, machine, name, id, input_hash) values (0, $1, 'n', $2, '')";
    sqlx::query(take).bind(world.machine.id).bind(id(9).0).execute(&mut *held).await.unwrap();
    let one = id(1);
    let batch =
        Batch { starts: vec![world.named(one, "n")], rows: vec![row(one, 1)], ..Batch::default() };
    // The commit has begun when its caller goes away.
    still_waiting(&mut Box::pin(lane.commit(&batch)), until_waiting(&mut watcher, 1)).await;
    let doubt = lane.commit(&Batch::default()).await;
    assert!(matches!(doubt, Err(CommitError::Doubt(_))), "{doubt:?}");

    let mut raise = Box::pin(lane.raise_epoch());
    let both_wait = until_waiting(&mut watcher, 2);
    still_waiting(&mut raise, both_wait).await;
    held.rollback().await.unwrap();

    assert_eq!(raise.await.unwrap(), Raised::Standing);
    assert_eq!(world.history_length(one).await, 1, "the orphan was written");
    assert_eq!(lane.fence().epoch, 2);
    write(&mut lane, &world.starts(&[id(5)])).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_the_batch_in_doubt() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let one = id(1);
    write(&mut lane, &world.starts(&[one])).await;
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity \
               where datname = current_database() and query like '%The commit of a lane%' and pid <> pg_backend_pid()";
    sqlx::query(cut).execute(&mut world.connection().await).await.unwrap();

    let batch = rows(vec![row(one, 2)]);
    let doubt = lane.commit(&batch).await;
    assert!(matches!(doubt, Err(CommitError::Doubt(_))), "{doubt:?}");

    assert_eq!(lane.raise_epoch().await.unwrap(), Raised::Standing);
    write(&mut lane, &batch).await;
}

#[tokio::test]
async fn claims_are_bounded_disjoint_and_complete() {
    let world = World::new().await;
    let (dead, mut lane) = world.lane().await;
    let ids: Vec<_> = (0..50).map(id).collect();
    write(&mut lane, &world.starts(&ids)).await;
    let ends = vec![end(ids[49], ExecutionStatus::Succeeded)];
    write(&mut lane, &Batch { ends, ..Batch::default() }).await;
    let (one, first) = world.lane().await;
    let (two, second) = world.lane().await;

    let early = world.store.claim(first.fence(), dead, 10).await.unwrap();
    assert_eq!(early, [], "the living keep theirs");
    assert!(world.store.depose(dead, 0).await.unwrap());
    assert!(!world.store.forget(dead).await.unwrap(), "executions name it");

    let mut claimed = Vec::new();
    loop {
        let (a, b) = tokio::join!(
            world.store.claim(first.fence(), dead, 8),
            world.store.claim(second.fence(), dead, 8)
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a.len() <= 8 && b.len() <= 8);
        if a.is_empty() && b.is_empty() {
            break;
        }
        claimed.extend(a.into_iter().map(|id| (id, one)).chain(b.into_iter().map(|id| (id, two))));
    }

    claimed.sort_unstable();
    let claimed_ids: Vec<_> = claimed.iter().map(|(id, _)| *id).collect();
    assert_eq!(claimed_ids, ids[..49], "each once, the ended one not");
    for (id, owner) in claimed {
        let found = world.store.execution(id).await.unwrap().expect("is there");
        assert_eq!(found.owner, Some(owner));
    }
    assert!(world.store.forget(dead).await.unwrap());
    assert!(!world.store.heartbeat(dead).await.unwrap().alive);
}

#[tokio::test]
async fn a_claimer_takes_what_nobody_else_is_claiming_without_waiting() {
    let world = World::new().await;
    let (dead, mut lane) = world.lane().await;
    let ids: Vec<_> = (0..10).map(id).collect();
    write(&mut lane, &world.starts(&ids)).await;
    world.store.leave(dead).await.unwrap();
    let (_, claimer) = world.lane().await;
    // Another claimer, half-way: it has the oldest six.
    let mut connection = world.connection().await;
    let mut other = connection.begin().await.unwrap();
    let hold = "select id from execution order by id limit 6 for update";
    sqlx::query(hold).fetch_all(&mut *other).await.unwrap();

    let taken = world.store.claim(claimer.fence(), dead, 10).await.unwrap();

    assert_eq!(taken, ids[6..]);
    other.rollback().await.unwrap();
    assert_eq!(world.store.claim(claimer.fence(), dead, 10).await.unwrap(), ids[..6]);
}

#[tokio::test]
async fn a_claimer_whose_fence_has_fallen_gets_nothing() {
    let world = World::new().await;
    let (dead, mut lane) = world.lane().await;
    write(&mut lane, &world.starts(&[id(1)])).await;
    world.store.leave(dead).await.unwrap();
    let (node, claimer) = world.lane().await;
    let stale = FenceRef { epoch: 0, ..claimer.fence() };
    assert_eq!(world.store.claim(stale, dead, 10).await.unwrap(), []);
    world.store.leave(node).await.unwrap();
    assert_eq!(world.store.claim(claimer.fence(), dead, 10).await.unwrap(), []);
}

async fn heartbeat_counter(world: &World, node: store::NodeId) -> i64 {
    world.store.heartbeat(node).await.expect("beats");
    let counter = "select counter from node where id = $1";
    sqlx::query_scalar(counter)
        .bind(node)
        .fetch_one(&mut world.connection().await)
        .await
        .expect("counts")
}
