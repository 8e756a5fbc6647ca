//! What one commit will write: a row an execution, and what to tell whom once it is durable.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use execution::express::Row;
use execution::id::PublicId;
use execution::{Event, ExecutionId, Outgoing, Redriven, Seq, Status, WaitId};
use store::{ExecutionStatus, MessageKey, NewExecution};

use crate::config::EngineConfig;
use crate::engine::Started;
use crate::error::EngineError;
use crate::reply::Reply;
use crate::task_queue::Reservation;

/// What came of a start.
#[derive(Debug)]
pub(crate) enum StartOutcome {
    Started(Started),
    /// Another execution bears the name.
    NameTaken,
}

#[derive(Debug)]
pub(crate) struct Batch {
    now: DateTime<Utc>,
    units: BTreeMap<ExecutionId, Unit>,
    triggers: usize,
    bytes: usize,
}

/// One execution's part of a batch.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) id: ExecutionId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) start: Option<NewExecution>,
    /// How often the execution, which had ended, has been redriven by now: this unit opens it.
    pub(crate) redriven: Option<u64>,
    pub(crate) first_seq: Seq,
    pub(crate) first_public_id: PublicId,
    pub(crate) events: Vec<Event>,
    pub(crate) written: Written,
    pub(crate) reservations: BTreeMap<WaitId, Reservation>,
    pub(crate) answers: Vec<Answer>,
    /// What the events tell other executions.
    pub(crate) sent: Vec<Outgoing>,
    /// What this execution was told, and has heard.
    pub(crate) taken: BTreeSet<MessageKey>,
}

/// What of a unit's events the commit writes.
#[derive(Debug)]
pub(crate) enum Written {
    /// All of them, as one row.
    All,
    /// Of an Express execution: these rows, often none.
    Rows(Vec<Row>),
}

/// What a caller hears once the unit is durable. A refusal waits too: what it rests on may be in this batch.
#[derive(Debug)]
pub(crate) enum Answer {
    Started(Reply<StartOutcome>, Started),
    Done(Reply<()>, Result<(), EngineError>),
    Stopped(Reply<DateTime<Utc>>, Result<DateTime<Utc>, EngineError>),
    Redriven(Reply<Redriven>, Result<Redriven, EngineError>),
}

impl Batch {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self { now, units: BTreeMap::new(), triggers: 0, bytes: 0 }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn is_full(&self, config: &EngineConfig) -> bool {
        self.triggers >= config.batch_triggers_max || self.bytes >= config.batch_bytes_max
    }

    pub(crate) fn unit(&mut self, id: ExecutionId) -> &mut Unit {
        let now = self.now;
        self.units.entry(id).or_insert_with(|| Unit::new(id, now))
    }

    /// Adds a decision's events to the execution's row.
    pub(crate) fn add(&mut self, id: ExecutionId, first: (Seq, PublicId), events: Vec<Event>) {
        self.triggers += 1;
        self.bytes += events.iter().map(size).sum::<usize>();
        self.unit(id).add(first, events);
    }

    /// The same for an Express execution, of which no more than `rows` is written.
    pub(crate) fn add_in_memory(
        &mut self,
        id: ExecutionId,
        first: (Seq, PublicId),
        events: Vec<Event>,
        rows: Vec<Row>,
    ) {
        self.bytes += rows.iter().flat_map(|row| &row.events).map(size).sum::<usize>();
        self.add(id, first, events);
        match &mut self.unit(id).written {
            Written::Rows(written) => written.extend(rows),
            written @ Written::All => *written = Written::Rows(rows),
        }
    }

    pub(crate) fn start(&mut self, id: ExecutionId, new: NewExecution) {
        self.unit(id).start = Some(new);
    }

    pub(crate) fn send(&mut self, id: ExecutionId, messages: Vec<Outgoing>) {
        if !messages.is_empty() {
            self.unit(id).sent.extend(messages);
        }
    }

    pub(crate) fn take(&mut self, key: MessageKey) {
        self.unit(key.receiver).taken.insert(key);
    }

    pub(crate) fn has_taken(&self, key: &MessageKey) -> bool {
        self.units.get(&key.receiver).is_some_and(|unit| unit.taken.contains(key))
    }

    pub(crate) fn reserve(&mut self, id: ExecutionId, wait: WaitId, reservation: Reservation) {
        self.unit(id).reservations.insert(wait, reservation);
    }

    pub(crate) fn answer(&mut self, id: ExecutionId, answer: Answer) {
        // Where nothing of the execution is in flight there is nothing to wait for.
        if let Some(unit) = self.units.get_mut(&id) {
            unit.answers.push(answer);
        } else {
            answer.give();
        }
    }

    /// Those that the commit writes, and those that stay in memory.
    pub(crate) fn into_units(self) -> (Vec<Unit>, Vec<Unit>) {
        self.units.into_values().partition(Unit::is_written)
    }

    pub(crate) fn forget(&mut self, id: ExecutionId) {
        self.units.remove(&id);
    }
}

impl Unit {
    fn new(id: ExecutionId, at: DateTime<Utc>) -> Self {
        Self {
            id,
            at,
            start: None,
            redriven: None,
            first_seq: Seq(0),
            first_public_id: PublicId(0),
            events: Vec::new(),
            written: Written::All,
            reservations: BTreeMap::new(),
            answers: Vec::new(),
            sent: Vec::new(),
            taken: BTreeSet::new(),
        }
    }

    fn add(&mut self, (seq, public_id): (Seq, PublicId), events: Vec<Event>) {
        if self.events.is_empty() {
            (self.first_seq, self.first_public_id) = (seq, public_id);
        } else {
            assert_eq!(
                seq.0,
                self.last_seq().0 + 1,
                "decisions of one execution follow one another"
            );
        }
        self.events.extend(events);
    }

    pub(crate) fn is_written(&self) -> bool {
        match &self.written {
            Written::All => true,
            Written::Rows(rows) => {
                !rows.is_empty() || !self.sent.is_empty() || !self.taken.is_empty()
            }
        }
    }

    /// The last event that the commit writes.
    pub(crate) fn last_written(&self) -> Seq {
        match &self.written {
            Written::All => self.last_seq(),
            Written::Rows(rows) => rows.last().map_or(Seq(0), Row::last_seq),
        }
    }

    fn last_seq(&self) -> Seq {
        // A unit may do no more than take messages that meant nothing.
        Seq((self.first_seq.0 + self.events.len() as u64).saturating_sub(1))
    }

    /// How the execution ended, where this unit ends it.
    pub(crate) fn ended_as(&self) -> Option<ExecutionStatus> {
        let (status, _) = self.events.iter().find_map(|event| event.kind.end())?;
        Some(match status {
            Status::Running => unreachable!("no event ends an execution as running"),
            Status::Succeeded => ExecutionStatus::Succeeded,
            Status::Failed => ExecutionStatus::Failed,
            Status::TimedOut => ExecutionStatus::TimedOut,
            Status::Aborted => ExecutionStatus::Aborted,
        })
    }

    pub(crate) fn give_answers(self) {
        self.answers.into_iter().for_each(Answer::give);
    }

    /// Whoever waits is told that the outcome is not known.
    pub(crate) fn drop_answers(&mut self) {
        self.answers.clear();
    }

    pub(crate) fn refuse_answers(self, error: &EngineError) {
        self.answers.into_iter().for_each(|answer| answer.refuse(error.clone()));
    }
}

impl Answer {
    pub(crate) fn give(self) {
        match self {
            Self::Started(reply, started) => reply.send(Ok(StartOutcome::Started(started))),
            Self::Done(reply, result) => reply.send(result),
            Self::Stopped(reply, result) => reply.send(result),
            Self::Redriven(reply, result) => reply.send(result),
        }
    }

    pub(crate) fn refuse(self, error: EngineError) {
        match self {
            Self::Started(reply, _) => reply.send(Err(error)),
            Self::Done(reply, _) => reply.send(Err(error)),
            Self::Stopped(reply, _) => reply.send(Err(error)),
            Self::Redriven(reply, _) => reply.send(Err(error)),
        }
    }
}

/// About what an event takes in its row, in bytes.
fn size(event: &Event) -> usize {
    64 + event.payload.as_ref().map_or(0, |payload| payload.text().len())
}
