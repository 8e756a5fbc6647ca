//! What one commit writes: starts, history rows, ends and messages of many executions, and the order they are written in.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use execution::ExecutionId;
use execution::id::Home;
use uuid::Uuid;

use crate::execution::ExecutionStatus;
use crate::id::{MachineId, RevisionId};
use crate::inbox::{MessageKey, NewMessage};

/// Everything of one commit. An execution may start and end in the same batch.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub starts: Vec<NewExecution>,
    pub rows: Vec<NewRow>,
    pub ends: Vec<End>,
    pub sent: Vec<NewMessage>,
    /// What the receivers' rows have made of them is in those rows; one that is gone already is no error.
    pub taken: Vec<MessageKey>,
}

#[derive(Debug, Clone)]
pub struct NewExecution {
    pub id: ExecutionId,
    pub machine: MachineId,
    pub revision: RevisionId,
    /// Absent: the execution is named by its id.
    pub chosen: Option<ChosenName>,
    pub of_map_run: Option<OfMapRun>,
    /// What it was started by; `None`: by the machine itself.
    pub version: Option<i64>,
    pub alias: Option<Arc<str>>,
    /// The instant inside the id, to the millisecond: lists find times by the id.
    pub started_at: DateTime<Utc>,
}

/// What a map run's child is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfMapRun {
    pub run: Uuid,
    /// Items that the child has got.
    pub items: i32,
}

/// A name that the caller chose.
#[derive(Debug, Clone)]
pub struct ChosenName {
    pub name: String,
    /// Tells a repeated start (same input) from a conflicting one; the id's home must be [`crate::home_of_name`]'s. Absent: an
    /// Express execution's, which shares its name with any number of others.
    pub input_hash: Option<[u8; 32]>,
}

/// The one history row that an execution gets in a commit.
#[derive(Debug, Clone)]
pub struct NewRow {
    pub id: ExecutionId,
    /// The row's first event, internal ones counted.
    pub seq: u64,
    pub last_seq: u64,
    /// The first public id at or after the row's first event; without a public event `last_public` is one less.
    pub first_public: u64,
    pub last_public: u64,
    pub at: DateTime<Utc>,
    pub format: i16,
    pub events: Vec<u8>,
}

/// An execution that had ended without success and is opened again, alone in its commit.
#[derive(Debug, Clone)]
pub struct Redrive {
    pub row: NewRow,
    /// How often it has been redriven, this time included.
    pub count: u64,
    /// The same commit ends it again.
    pub end: Option<End>,
    pub sent: Vec<NewMessage>,
    pub taken: Vec<MessageKey>,
}

#[derive(Debug, Clone)]
pub struct End {
    pub id: ExecutionId,
    pub status: ExecutionStatus,
    pub ended_at: DateTime<Utc>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
            && self.rows.is_empty()
            && self.ends.is_empty()
            && self.sent.is_empty()
            && self.taken.is_empty()
    }
}

/// A batch in the order of the tables' keys, without a copy: equal orders in all lanes queue up instead of deadlocking.
pub(crate) struct Ordered<'a> {
    pub(crate) starts: Vec<(&'a NewExecution, Option<&'a End>)>,
    pub(crate) rows: Vec<&'a NewRow>,
    /// Of executions that started in an earlier batch.
    pub(crate) ends: Vec<&'a End>,
    pub(crate) sent: Vec<&'a NewMessage>,
    pub(crate) taken: Vec<MessageKey>,
}

impl<'a> Ordered<'a> {
    pub(crate) fn of(batch: &'a Batch) -> Self {
        // A row written in this statement can't be updated in it: what starts and ends at once is written ended.
        let mut ends: HashMap<ExecutionId, &End> =
            batch.ends.iter().map(|end| (end.id, end)).collect();
        let mut starts: Vec<_> =
            batch.starts.iter().map(|start| (start, ends.remove(&start.id))).collect();
        starts.sort_unstable_by_key(|(start, _)| {
            let name = start.chosen.as_ref().map(|chosen| chosen.name.as_str());
            (start.id.home(), start.machine, name, start.id)
        });
        let mut rows: Vec<_> = batch.rows.iter().collect();
        rows.sort_unstable_by_key(|row| (row.id.home(), row.id, row.seq));
        let mut ends: Vec<_> = ends.into_values().collect();
        ends.sort_unstable_by_key(|end| (end.id.home(), end.id));
        let mut sent: Vec<_> = batch.sent.iter().collect();
        sent.sort_unstable_by_key(|message| in_inbox(&message.key));
        let mut taken = batch.taken.clone();
        taken.sort_unstable_by_key(in_inbox);
        Self { starts, rows, ends, sent, taken }
    }
}

fn in_inbox(key: &MessageKey) -> (Home, MessageKey) {
    (key.receiver.home(), *key)
}

/// A number that only a bug makes larger than PostgreSQL counts.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).expect("events are counted from 1, one by one")
}
