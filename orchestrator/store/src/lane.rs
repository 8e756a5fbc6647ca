//! A lane's road to the database: one connection of its own, one prepared statement, one commit in flight.

use std::time::Duration;

use execution::ExecutionId;
use sqlx::postgres::{PgArguments, PgBindIterExt, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Executor, Postgres, Row, SqlSafeStr};
use tokio::time::timeout;
use uuid::Uuid;

use crate::batch::{Batch, ChosenName, Ordered, Redrive, stored};
use crate::error::{CommitError, StoreError};
use crate::id::NodeId;
use crate::membership::FenceRef;
use crate::sql::sql;
use crate::store::Store;

/// A raise waits for an orphaned commit, which may wait for a standby: longer than any read, but not for ever.
const RAISE_MAX: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub struct Lane {
    store: Store,
    fence: FenceRef,
    /// The highest epoch that any raise asked for: an answer that was lost may still arrive at the server.
    asked_epoch: i64,
    /// Absent while a commit is in flight, after a doubt, and after a failed raise.
    connection: Option<PgConnection>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// The fence did not stand: nothing was written. The node has been declared dead.
    Fenced,
    /// All of it stands, but for starts whose name was taken: nothing of those was written.
    Written { lost_names: Vec<ExecutionId> },
}

/// What a raise of the epoch found, after every orphaned commit of the lane has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    Standing,
    Deposed,
}

impl Store {
    /// Opens the lane's connection. `epoch` is the one that [`Store::join`] gave: 1.
    pub async fn lane(&self, node: NodeId, lane: i16, epoch: i64) -> Result<Lane, StoreError> {
        let connection = self.lane_connection().await?;
        let fence = FenceRef { node, lane, epoch };
        let store = self.clone();
        Ok(Lane { store, fence, asked_epoch: epoch, connection: Some(connection) })
    }

    /// With the commit statement prepared: the first batch pays no extra round trip.
    async fn lane_connection(&self) -> Result<PgConnection, StoreError> {
        let mut connection = self.connection(sql!("session/lane.sql")).await?;
        self.answer(connection.prepare(sql!("lane/commit.sql").into_sql_str())).await?;
        Ok(connection)
    }
}

impl Lane {
    pub fn fence(&self) -> FenceRef {
        self.fence
    }

    /// One statement, one round trip. After a doubt, or once dropped before its answer, every further
    /// commit is in doubt until [`Lane::raise_epoch`] has answered.
    pub async fn commit(&mut self, batch: &Batch) -> Result<Committed, CommitError> {
        // Taken out while the fate is open: whoever drops this future leaves the lane without a connection.
        let Some(mut connection) = self.connection.take() else {
            return Err(CommitError::Doubt("an earlier commit was not answered".to_owned()));
        };
        let ordered = Ordered::of(batch);
        let answer = commit_query(self.fence, &ordered).fetch_one(&mut connection).await;
        self.settle(connection, answer)
    }

    /// Opens an execution that has ended: one statement, too, and in doubt as any commit. Refused where the execution runs, or its
    /// history has gone on since it was read.
    pub async fn redrive(&mut self, redrive: &Redrive) -> Result<Committed, CommitError> {
        let Some(mut connection) = self.connection.take() else {
            return Err(CommitError::Doubt("an earlier commit was not answered".to_owned()));
        };
        let answer = redrive_query(self.fence, redrive).fetch_one(&mut connection).await;
        self.settle(connection, answer)
    }

    fn settle(
        &mut self,
        connection: PgConnection,
        answer: Result<PgRow, sqlx::Error>,
    ) -> Result<Committed, CommitError> {
        match answer {
            Ok(row) => {
                self.connection = Some(connection);
                Ok(committed(&row))
            }
            Err(error) => {
                let error = CommitError::of(&error);
                if matches!(error, CommitError::Refused(_)) {
                    self.connection = Some(connection);
                }
                Err(error)
            }
        }
    }

    /// Opens a new connection and raises the epoch: waits for an orphaned commit, and one that has not begun
    /// comes back empty. One attempt, bounded in time; the caller repeats it with backoff.
    pub async fn raise_epoch(&mut self) -> Result<Raised, StoreError> {
        self.connection = None;
        let mut connection = self.store.lane_connection().await?;
        // Counted before it is sent: an attempt whose answer is lost never lowers or repeats an epoch.
        self.asked_epoch += 1;
        let raise = sqlx::query(sql!("lane/raise_epoch.sql"))
            .bind(self.fence.node)
            .bind(self.fence.lane)
            .bind(self.asked_epoch)
            .fetch_optional(&mut connection);
        let raised = match timeout(RAISE_MAX, raise).await {
            Ok(answer) => answer.map_err(|error| StoreError::of(&error))?,
            Err(_) => {
                return Err(StoreError::Unavailable(format!(
                    "an orphaned commit has not ended within {RAISE_MAX:?}"
                )));
            }
        };
        self.connection = Some(connection);
        let Some(row) = raised else { return Ok(Raised::Deposed) };
        self.fence.epoch = row.get("epoch");
        Ok(Raised::Standing)
    }
}

fn commit_query<'q>(fence: FenceRef, batch: &'q Ordered<'_>) -> Query<'q, Postgres, PgArguments> {
    let query =
        sqlx::query(sql!("lane/commit.sql")).bind(fence.node).bind(fence.lane).bind(fence.epoch);
    let query = bind_ends(bind_rows(bind_starts(query, batch), batch), batch);
    let of_map_run = || batch.starts.iter().map(|(start, _)| start.of_map_run);
    bind_messages(query, batch)
        .bind(of_map_run().map(|of| of.map(|of| of.run)).bind_iter())
        .bind(of_map_run().map(|of| of.map(|of| of.items)).bind_iter())
        .bind(batch.starts.iter().map(|(start, _)| start.version).bind_iter())
        .bind(batch.starts.iter().map(|(start, _)| start.alias.as_deref()).bind_iter())
}

fn redrive_query(fence: FenceRef, redrive: &Redrive) -> Query<'_, Postgres, PgArguments> {
    let Redrive { row, count, end, sent, taken } = redrive;
    let (sent, taken) = (|| sent.iter(), || taken.iter());
    sqlx::query(sql!("lane/redrive.sql"))
        .bind(fence.node)
        .bind(fence.lane)
        .bind(fence.epoch)
        .bind(row.id.home().0)
        .bind(row.id.0)
        .bind(end.as_ref().map_or("RUNNING", |end| end.status.as_text()))
        .bind(end.as_ref().map(|end| end.ended_at))
        .bind(stored(*count))
        .bind(row.at)
        .bind(stored(row.seq))
        .bind(stored(row.last_seq))
        .bind(stored(row.first_public))
        .bind(stored(row.last_public))
        .bind(row.at)
        .bind(row.format)
        .bind(row.events.as_slice())
        .bind(sent().map(|message| message.key.receiver.home().0).bind_iter())
        .bind(sent().map(|message| message.key.receiver.0).bind_iter())
        .bind(sent().map(|message| message.key.message.0).bind_iter())
        .bind(sent().map(|message| message.format).bind_iter())
        .bind(sent().map(|message| message.body.as_slice()).bind_iter())
        .bind(taken().map(|key| key.receiver.home().0).bind_iter())
        .bind(taken().map(|key| key.receiver.0).bind_iter())
        .bind(taken().map(|key| key.message.0).bind_iter())
        // Planned for this one: it comes seldom, and the tables may have been empty when it came last.
        .persistent(false)
}

fn bind_starts<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &'q Ordered<'_>,
) -> Query<'q, Postgres, PgArguments> {
    let starts = || batch.starts.iter();
    let chosen = || starts().map(|(start, _)| start.chosen.as_ref());
    query
        .bind(starts().map(|(start, _)| start.id.home().0).bind_iter())
        .bind(starts().map(|(start, _)| start.id.0).bind_iter())
        .bind(starts().map(|(start, _)| start.machine.0).bind_iter())
        .bind(starts().map(|(start, _)| start.revision.0).bind_iter())
        .bind(chosen().map(|chosen| chosen.map(|chosen| chosen.name.as_str())).bind_iter())
        .bind(chosen().map(input_hash).bind_iter())
        .bind(
            starts().map(|(_, end)| end.map_or("RUNNING", |end| end.status.as_text())).bind_iter(),
        )
        .bind(starts().map(|(start, _)| start.started_at).bind_iter())
        .bind(starts().map(|(_, end)| end.map(|end| end.ended_at)).bind_iter())
}

fn input_hash(chosen: Option<&ChosenName>) -> Option<&[u8]> {
    chosen?.input_hash.as_ref().map(|hash| &hash[..])
}

fn bind_rows<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &'q Ordered<'_>,
) -> Query<'q, Postgres, PgArguments> {
    let rows = || batch.rows.iter();
    query
        .bind(rows().map(|row| row.id.home().0).bind_iter())
        .bind(rows().map(|row| row.id.0).bind_iter())
        .bind(rows().map(|row| stored(row.seq)).bind_iter())
        .bind(rows().map(|row| stored(row.last_seq)).bind_iter())
        .bind(rows().map(|row| stored(row.first_public)).bind_iter())
        .bind(rows().map(|row| stored(row.last_public)).bind_iter())
        .bind(rows().map(|row| row.at).bind_iter())
        .bind(rows().map(|row| row.format).bind_iter())
        .bind(rows().map(|row| row.events.as_slice()).bind_iter())
}

fn bind_ends<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &'q Ordered<'_>,
) -> Query<'q, Postgres, PgArguments> {
    let ends = || batch.ends.iter();
    query
        .bind(ends().map(|end| end.id.home().0).bind_iter())
        .bind(ends().map(|end| end.id.0).bind_iter())
        .bind(ends().map(|end| end.status.as_text()).bind_iter())
        .bind(ends().map(|end| end.ended_at).bind_iter())
}

fn bind_messages<'q>(
    query: Query<'q, Postgres, PgArguments>,
    batch: &'q Ordered<'_>,
) -> Query<'q, Postgres, PgArguments> {
    let (sent, taken) = (|| batch.sent.iter(), || batch.taken.iter());
    query
        .bind(sent().map(|message| message.key.receiver.home().0).bind_iter())
        .bind(sent().map(|message| message.key.receiver.0).bind_iter())
        .bind(sent().map(|message| message.key.message.0).bind_iter())
        .bind(sent().map(|message| message.sender.0).bind_iter())
        .bind(sent().map(|message| message.format).bind_iter())
        .bind(sent().map(|message| message.body.as_slice()).bind_iter())
        .bind(taken().map(|key| key.receiver.home().0).bind_iter())
        .bind(taken().map(|key| key.receiver.0).bind_iter())
        .bind(taken().map(|key| key.message.0).bind_iter())
}

fn committed(row: &PgRow) -> Committed {
    if !row.get::<bool, _>("stands") {
        return Committed::Fenced;
    }
    let lost: Vec<Uuid> = row.get("lost");
    Committed::Written { lost_names: lost.into_iter().map(ExecutionId).collect() }
}
