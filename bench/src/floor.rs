//! The floor: how fast one connection to this very PostgreSQL inserts the history rows that the runs have written, in
//! batches and nothing else. It is what an engine on PostgreSQL can't go below in cost.
use std::fmt;
use std::time::{Duration, Instant};

use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use sqlx::types::chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::Fault;
use crate::report::count;

const ROWS_PER_BATCH: usize = 256;
/// Rows to read back: more would only need more memory here.
const ROWS_MAX: i64 = 102_400;
/// Few rows are inserted again and again, into an emptied table, until they have taken this long.
const SECONDS_MIN: f64 = 4.0;

/// A copy of the history table with its key and its checks, in one partition.
const TABLE: &str = "create table bench_floor (like history including all)";
const EMPTY: &str = "truncate bench_floor";
const READ: &str = "
    select home, id, seq, last_seq, first_public, last_public, at, format, events
    from history
    limit $1";
const INSERT: &str = "
    insert into bench_floor (home, id, seq, last_seq, first_public, last_public, at, format, events)
    select * from unnest(
        $1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
        $7::timestamptz[], $8::smallint[], $9::bytea[])";

#[derive(Debug)]
pub(crate) struct Floor {
    pub(crate) rows_per_s: f64,
    rows: usize,
    bytes_per_row: f64,
}

/// The columns of one batch, as one statement takes them.
#[derive(Debug, Default)]
struct Batch {
    home: Vec<i16>,
    id: Vec<Uuid>,
    seq: Vec<i64>,
    last_seq: Vec<i64>,
    first_public: Vec<i64>,
    last_public: Vec<i64>,
    at: Vec<DateTime<Utc>>,
    format: Vec<i16>,
    events: Vec<Vec<u8>>,
}

impl Floor {
    pub(crate) async fn measure(database_url: &str) -> Result<Self, Fault> {
        let mut database = PgConnection::connect(database_url).await?;
        sqlx::query(TABLE).execute(&mut database).await?;
        let rows = sqlx::query(READ).bind(ROWS_MAX).fetch_all(&mut database).await?;
        if rows.is_empty() {
            return Err("no history row was written: there is nothing to measure".into());
        }
        let batches: Vec<Batch> = rows.chunks(ROWS_PER_BATCH).map(Batch::of).collect();
        let bytes: usize = batches.iter().flat_map(|it| &it.events).map(Vec::len).sum();
        // Once for the cache of plans and the files of the table, not counted.
        batches[0].insert(&mut database).await?;
        let (mut inserted, mut spent) = (0, Duration::ZERO);
        while spent.as_secs_f64() < SECONDS_MIN {
            sqlx::query(EMPTY).execute(&mut database).await?;
            let begin = Instant::now();
            for batch in &batches {
                batch.insert(&mut database).await?;
            }
            spent += begin.elapsed();
            inserted += rows.len();
        }
        Ok(Self {
            rows_per_s: count(inserted as u64) / spent.as_secs_f64(),
            rows: inserted,
            bytes_per_row: count(bytes as u64) / count(rows.len() as u64),
        })
    }
}

impl Batch {
    fn of(rows: &[PgRow]) -> Self {
        let mut batch = Self::default();
        for row in rows {
            batch.home.push(row.get("home"));
            batch.id.push(row.get("id"));
            batch.seq.push(row.get("seq"));
            batch.last_seq.push(row.get("last_seq"));
            batch.first_public.push(row.get("first_public"));
            batch.last_public.push(row.get("last_public"));
            batch.at.push(row.get("at"));
            batch.format.push(row.get("format"));
            batch.events.push(row.get("events"));
        }
        batch
    }

    async fn insert(&self, database: &mut PgConnection) -> Result<(), Fault> {
        sqlx::query(INSERT)
            .bind(&self.home)
            .bind(&self.id)
            .bind(&self.seq)
            .bind(&self.last_seq)
            .bind(&self.first_public)
            .bind(&self.last_public)
            .bind(&self.at)
            .bind(&self.format)
            .bind(&self.events)
            .execute(database)
            .await?;
        Ok(())
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows_per_s, rows, bytes_per_row } = self;
        write!(
            f,
            "floor: {rows_per_s:.0} history rows/s on one connection, {ROWS_PER_BATCH} a statement \
             ({rows} rows, events of {bytes_per_row:.0} bytes on average)"
        )
    }
}
