//! Messages between executions: sent once, taken once, swept until they are.

use chrono::{DateTime, TimeDelta, Utc};
use execution::ExecutionId;
use sqlx::{AssertSqlSafe, PgConnection};
use store::{Batch, ExecutionStatus, FenceRef, Lane, MessageKey, SweepPage, Swept};

use crate::world::{World, end, id, id_at, message, write};

const PAGE: SweepPage = SweepPage {
    after: None,
    rows_max: 100,
    bytes_max: 1 << 20,
    begun_before: DateTime::UNIX_EPOCH,
};

async fn sweep(world: &World, fence: FenceRef, page: SweepPage) -> Swept {
    world.store.sweep_inbox(fence, page).await.expect("sweeps")
}

fn bodies(swept: &Swept) -> Vec<String> {
    let bodies = swept.messages.iter().map(|message| message.body.clone());
    bodies.map(|body| String::from_utf8(body).expect("is text")).collect()
}

async fn send(lane: &mut Lane, messages: &[(ExecutionId, ExecutionId, &str)]) {
    let sent = messages.iter().map(|(from, to, body)| message(*from, *to, body)).collect();
    write(lane, &Batch { sent, ..Batch::default() }).await;
}

async fn take(lane: &mut Lane, taken: Vec<MessageKey>) {
    write(lane, &Batch { taken, ..Batch::default() }).await;
}

#[tokio::test]
async fn a_message_is_there_until_its_receiver_takes_it_and_sending_it_again_adds_none() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (parent, child, other) = (id(1), id(2), id(3));
    write(&mut lane, &world.starts(&[parent])).await;

    send(&mut lane, &[(child, parent, "one"), (other, parent, "two")]).await;
    send(&mut lane, &[(child, parent, "one, repeated")]).await;

    let swept = sweep(&world, lane.fence(), PAGE).await;
    assert_eq!(bodies(&swept), ["one", "two"]);
    take(&mut lane, vec![swept.messages[0].key]).await;
    assert_eq!(bodies(&sweep(&world, lane.fence(), PAGE).await), ["two"]);
    // What is gone already is no error.
    take(&mut lane, swept.messages.iter().map(|message| message.key).collect()).await;
    assert_eq!(world.inbox().await, []);
}

#[tokio::test]
async fn a_message_to_a_closed_execution_is_deleted_by_the_sweep() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (open, closed, sender) = (id(1), id(2), id(3));
    write(&mut lane, &world.starts(&[open, closed])).await;
    let ends = vec![end(closed, ExecutionStatus::Aborted)];
    write(&mut lane, &Batch { ends, ..Batch::default() }).await;
    send(&mut lane, &[(sender, closed, "in vain"), (sender, open, "heard")]).await;

    assert_eq!(bodies(&sweep(&world, lane.fence(), PAGE).await), ["heard"]);
    assert_eq!(world.inbox().await, [(open, "heard".to_owned())]);
}

#[tokio::test]
async fn a_message_to_what_has_not_begun_waits_as_long_as_it_still_may() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (never, soon) = (id_at(Utc::now() - TimeDelta::hours(2), 1), id(1));
    send(&mut lane, &[(id(3), never, "in vain"), (id(3), soon, "early")]).await;

    let page = SweepPage { begun_before: Utc::now() - TimeDelta::hours(1), ..PAGE };
    assert_eq!(bodies(&sweep(&world, lane.fence(), page).await), [""; 0]);
    write(&mut lane, &world.starts(&[soon])).await;
    assert_eq!(bodies(&sweep(&world, lane.fence(), page).await), ["early"]);
    assert_eq!(world.inbox().await, [(soon, "early".to_owned())]);
}

#[tokio::test]
async fn pages_go_through_the_whole_inbox_within_rows_and_bytes() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let receivers: Vec<_> = (0..5).map(id).collect();
    write(&mut lane, &world.starts(&receivers)).await;
    let large = "x".repeat(600);
    let messages: Vec<_> = receivers.iter().map(|to| (id(9), *to, large.as_str())).collect();
    send(&mut lane, &messages).await;

    for (rows_max, bytes_max, lengths) in
        [(2, 1 << 20, vec![2, 2, 1, 0]), (100, 1200, vec![2, 2, 1, 0]), (9, 1, vec![1; 5])]
    {
        let mut page = SweepPage { rows_max, bytes_max, ..PAGE };
        for length in lengths {
            let swept = sweep(&world, lane.fence(), page).await;
            assert_eq!(swept.messages.len(), length, "{rows_max} rows, {bytes_max} bytes");
            page.after = swept.next;
        }
    }
}

#[tokio::test]
async fn a_node_whose_fence_has_fallen_deletes_nothing() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let closed = id(1);
    write(&mut lane, &world.starts(&[closed])).await;
    let ends = vec![end(closed, ExecutionStatus::Aborted)];
    write(&mut lane, &Batch { ends, ..Batch::default() }).await;
    send(&mut lane, &[(id(2), closed, "in vain")]).await;
    world.store.leave(node).await.unwrap();

    sweep(&world, lane.fence(), PAGE).await;
    assert_eq!(world.inbox().await.len(), 1);
}

#[tokio::test]
async fn taking_never_scans_the_inbox_whatever_it_held_when_it_was_planned() {
    const TAKEN: u32 = 64;
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let mut connection = world.connection().await;
    // Known to be empty, and nothing will tell otherwise: the plan is made now and kept.
    run(&mut connection, "alter table inbox set (autovacuum_enabled = off)").await;
    run(&mut connection, "vacuum analyze inbox").await;
    take(&mut lane, vec![message(id(1), id(2), "").key]).await;
    let fill = "insert into inbox select 0, gen_random_uuid(), gen_random_uuid(), 1, '' \
                from generate_series(1, 100000)";
    run(&mut connection, fill).await;
    let messages: Vec<_> = (0..TAKEN).map(|number| message(id(1), id(number), "")).collect();
    let taken = messages.iter().map(|message| message.key).collect();
    write(&mut lane, &Batch { sent: messages, ..Batch::default() }).await;

    take(&mut lane, taken).await;

    assert_eq!(world.inbox().await.len(), 100_000);
    // A session counts its scans for others to see when it ends.
    drop(lane);
    let count = "select seq_scan, idx_scan from pg_stat_user_tables where relname = 'inbox'";
    let before: (i64, i64) = sqlx::query_as(count).fetch_one(&mut connection).await.unwrap();
    let mut now = before;
    while now.1 < i64::from(TAKEN) {
        now = sqlx::query_as(count).fetch_one(&mut connection).await.unwrap();
    }
    // The one scan is this test's own look.
    assert!(now.0 <= 1, "{now:?}");
}

async fn run(connection: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.expect("runs");
}
