//! How fast one lane commits, beside a plain insert of the same rows over the same connection: told, not judged.

use std::time::Instant;

use chrono::Utc;
use cluster::{Cluster, ClusterOptions};
use execution::ExecutionId;
use sqlx::postgres::PgBindIterExt;
use sqlx::{Connection, PgConnection};
use store::{Batch, ExecutionStatus, NewRow};

use crate::world::{World, connect, created, end, id, machine, row, write};

const BATCH: u32 = 256;
const EVENT_BYTES: usize = 200;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo test -p store -- --ignored --nocapture speed"]
async fn one_lane_against_a_plain_insert_of_its_rows() {
    let folder = std::env::temp_dir().join(format!("everstep-speed-{}", std::process::id()));
    let cluster = Cluster::start(ClusterOptions::durable(&folder)).expect("starts");
    cluster.create_database("speed").expect("creates");
    let url = cluster.database_url("speed");
    let store = connect(&url).await;
    store.migrate().await.unwrap();
    let machine = created(store.create_machine(&machine("orders")).await.unwrap());
    let world = World { url, store, machine };

    // Alternating, since the machine's disk has its own moods.
    for round in 0..3 {
        let (floor, committed) = (plain_inserts(&world).await, commits(&world, round).await);
        #[expect(clippy::print_stdout, reason = "this is what the measurement is for")]
        {
            println!(
                "floor {floor:>7.0} rows/s | commits of rows alone {:>7.0} rows/s | of whole lives {:>7.0} rows/s",
                committed.0, committed.1
            );
        }
    }
    drop(cluster);
    std::fs::remove_dir_all(folder).expect("is removed");
}

/// Rows a second with nothing around them.
async fn plain_inserts(world: &World) -> f64 {
    const BATCHES: u32 = 100;
    let mut connection = PgConnection::connect(&world.url).await.expect("connects");
    let statement = "insert into history (home, id, seq, last_seq, first_public, last_public, at, format, events) \
        select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], \
        $7::timestamptz[], $8::smallint[], $9::bytea[])";
    let started = Instant::now();
    for _ in 0..BATCHES {
        let rows: Vec<_> = (0..BATCH).map(|number| event_row(id(number), 1)).collect();
        let number = |number: u64| i64::try_from(number).expect("is small");
        sqlx::query(statement)
            .bind(rows.iter().map(|row| row.id.home().0).bind_iter())
            .bind(rows.iter().map(|row| row.id.0).bind_iter())
            .bind(rows.iter().map(|row| number(row.seq)).bind_iter())
            .bind(rows.iter().map(|row| number(row.last_seq)).bind_iter())
            .bind(rows.iter().map(|row| number(row.first_public)).bind_iter())
            .bind(rows.iter().map(|row| number(row.last_public)).bind_iter())
            .bind(rows.iter().map(|row| row.at).bind_iter())
            .bind(rows.iter().map(|row| row.format).bind_iter())
            .bind(rows.iter().map(|row| row.events.as_slice()).bind_iter())
            .execute(&mut connection)
            .await
            .expect("inserts");
    }
    f64::from(BATCHES * BATCH) / started.elapsed().as_secs_f64()
}

/// Rows a second in batches without starts and ends, and in the four commits of an order's life: start, two steps, end.
async fn commits(world: &World, round: u32) -> (f64, f64) {
    const BATCHES: u32 = 100;
    let (_, mut lane) = world.lane().await;
    let ids = |batch: u32| -> Vec<ExecutionId> {
        (0..BATCH).map(|number| id(round * 1_000_000 + batch * 1000 + number)).collect()
    };
    let kept = ids(0);
    write(&mut lane, &world.starts(&kept)).await;
    let started = Instant::now();
    for seq in 0..BATCHES {
        let rows = kept.iter().map(|id| event_row(*id, u64::from(seq) + 2)).collect();
        write(&mut lane, &Batch { rows, ..Batch::default() }).await;
    }
    let rows_alone = f64::from(BATCHES * BATCH) / started.elapsed().as_secs_f64();

    let started = Instant::now();
    for batch in 1..=BATCHES / 4 {
        let ids = ids(batch);
        let rows = |seq| ids.iter().map(|id| event_row(*id, seq)).collect::<Vec<_>>();
        let starts = ids.iter().map(|id| world.start(*id)).collect();
        write(&mut lane, &Batch { starts, rows: rows(1), ..Batch::default() }).await;
        write(&mut lane, &Batch { rows: rows(2), ..Batch::default() }).await;
        write(&mut lane, &Batch { rows: rows(3), ..Batch::default() }).await;
        let ends = ids.iter().map(|id| end(*id, ExecutionStatus::Succeeded)).collect();
        write(&mut lane, &Batch { rows: rows(4), ends, ..Batch::default() }).await;
    }
    let lives = f64::from(BATCHES * BATCH) / started.elapsed().as_secs_f64();
    (rows_alone, lives)
}

fn event_row(id: ExecutionId, seq: u64) -> NewRow {
    NewRow { events: vec![b'e'; EVENT_BYTES], at: Utc::now(), ..row(id, seq) }
}
