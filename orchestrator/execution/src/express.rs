//! An Express execution runs in memory: what of its events becomes durable, and when. Its start, unless somebody waits for
//! its end, and its end; between them nothing. What lies between is kept until the end where its machine asks for a history.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::event::{Event, EventKind};
use crate::execution::{Decision, Status};
use crate::id::{PublicId, Seq};

/// AWS's limit of an Express execution.
pub const SECONDS_MAX: u64 = 300;

/// A history that is kept in memory until the end is given up beyond it: about as much as a batch of commits carries.
pub const HISTORY_BYTES_MAX: usize = 8 << 20;

/// Whose history is stored whole: AWS's logging levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeps {
    /// Nobody's: it consists of the start and the end.
    #[default]
    Nothing,
    /// Of executions that do not succeed.
    Failures,
    Everything,
}

impl Keeps {
    /// By a machine's `loggingConfiguration`: `ALL` keeps everything, `ERROR` and `FATAL` failures.
    pub fn by_logging(configuration: &str) -> Self {
        let configuration: Value = serde_json::from_str(configuration).unwrap_or_default();
        match configuration.get("level").and_then(Value::as_str) {
            Some("ALL") => Self::Everything,
            Some("ERROR" | "FATAL") => Self::Failures,
            Some(_) | None => Self::Nothing,
        }
    }
}

/// A row to be written: the events of one decision, or some of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub first_seq: Seq,
    pub first_public_id: PublicId,
    pub at: DateTime<Utc>,
    pub events: Vec<Event>,
}

impl Row {
    pub fn last_seq(&self) -> Seq {
        Seq(self.first_seq.0 + self.events.len() as u64 - 1)
    }
}

/// What is not durable yet of one Express execution.
#[derive(Debug)]
pub struct Pending {
    keeps: Keeps,
    /// Somebody waits for the end: the start is written with it.
    start_waits: bool,
    start: Option<Row>,
    /// Between the start and the end.
    kept: Vec<Row>,
    kept_bytes: usize,
    given_up: bool,
    /// The last event before those that are kept that is, or will be, in a row.
    recorded: Seq,
}

impl Pending {
    /// Of an execution that is about to begin.
    pub fn new(keeps: Keeps, start_waits: bool) -> Self {
        Self {
            keeps,
            start_waits,
            start: None,
            kept: Vec::new(),
            kept_bytes: 0,
            given_up: false,
            recorded: Seq(0),
        }
    }

    /// Of an execution that begins again from what is durable of it.
    pub fn again(keeps: Keeps, recorded: Seq) -> Self {
        Self { recorded, ..Self::new(keeps, false) }
    }

    /// Its history had grown beyond [`HISTORY_BYTES_MAX`].
    pub fn has_given_up(&self) -> bool {
        self.given_up
    }

    /// Takes a decision's events in and answers with the rows to be written now; none: they stay in memory.
    pub fn take(&mut self, decision: &Decision) -> Vec<Row> {
        let Decision { first_seq, first_public_id, at, events, .. } = decision;
        let row = |skipped: u64, events: &[Event]| Row {
            first_seq: Seq(first_seq.0 + skipped),
            first_public_id: PublicId(first_public_id.0 + skipped),
            at: *at,
            events: events.to_vec(),
        };
        let events = match events.split_first() {
            // Apart, so that whoever begins again begins here.
            Some((start, rest)) if matches!(start.kind, EventKind::ExecutionStarted(_)) => {
                self.start = Some(row(0, std::slice::from_ref(start)));
                self.recorded = *first_seq;
                self.keep(rest, |rest| row(1, rest));
                rest
            }
            Some(_) | None => {
                self.keep(events, |events| row(0, events));
                events
            }
        };
        let mut rows = Vec::new();
        let seen = events.iter().find(|event| must_be_seen(&event.kind));
        if seen.is_some() || !self.start_waits {
            rows.extend(self.start.take());
        }
        if let Some(event) = seen {
            rows.extend(self.close(event, *at));
        }
        rows
    }

    fn keep(&mut self, events: &[Event], row: impl FnOnce(&[Event]) -> Row) {
        if self.keeps == Keeps::Nothing || events.is_empty() {
            return;
        }
        self.kept_bytes += events.iter().map(size).sum::<usize>();
        if self.kept_bytes <= HISTORY_BYTES_MAX {
            self.kept.push(row(events));
        } else {
            (self.given_up, self.keeps) = (true, Keeps::Nothing);
            self.kept.clear();
        }
    }

    /// The end, or what keeps it from coming: after what was kept, or in its place.
    fn close(&mut self, event: &Event, at: DateTime<Utc>) -> Vec<Row> {
        let kept = std::mem::take(&mut self.kept);
        let is_kept = match (self.keeps, event.kind.end()) {
            (Keeps::Everything, Some(_)) => true,
            (Keeps::Failures, Some((status, _))) => status != Status::Succeeded,
            (Keeps::Everything | Keeps::Failures, None) | (Keeps::Nothing, _) => false,
        };
        if is_kept {
            return kept;
        }
        self.keeps = Keeps::Nothing;
        let mut event = event.clone();
        // Where it followed something, it follows the start.
        event.previous = event.previous.min(PublicId(1));
        self.recorded = Seq(self.recorded.0 + 1);
        let (first_seq, first_public_id) = (self.recorded, PublicId(2));
        vec![Row { first_seq, first_public_id, at, events: vec![event] }]
    }
}

/// The end, and a quarantine, which an operator alone can end.
fn must_be_seen(kind: &EventKind) -> bool {
    kind.end().is_some() || matches!(kind, EventKind::Quarantined { .. })
}

/// About what an event takes in its row, in bytes.
fn size(event: &Event) -> usize {
    64 + event.payload.as_ref().map_or(0, |payload| payload.text().len())
}
