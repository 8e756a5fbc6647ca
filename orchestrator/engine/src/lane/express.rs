//! What a lane does for Express executions: they run in its memory, and their rows are few. What such an execution decides is
//! performed at once, without a commit, unless it is its start or its end.

use execution::express::{Keeps, Pending, Row};
use execution::{Decision, ExecutionId, Seq};
use store::NewExecution;
use tracing::warn;

use super::resident::Resident;
use super::{Batch, Lane};
use crate::starter::Waits;

/// Of a resident Express execution.
#[derive(Debug)]
pub(crate) struct Express {
    /// `None`: nothing of it is ever written.
    pending: Option<Pending>,
    /// Goes with its first row.
    new: Option<NewExecution>,
}

impl Express {
    pub(super) fn new(keeps: Keeps, waits: Waits, new: NewExecution) -> Self {
        let pending = match waits {
            Waits::Start => Some(Pending::new(keeps, false)),
            Waits::End => Some(Pending::new(keeps, true)),
            Waits::Trial => None,
        };
        Self { pending, new: Some(new) }
    }

    /// Of an execution that was read back.
    pub(crate) fn again(keeps: Keeps, recorded: Seq) -> Self {
        Self { pending: Some(Pending::again(keeps, recorded)), new: None }
    }
}

impl Resident {
    /// The rows of a decision that are to be written now, and with the first of them the execution; `None`: all its events
    /// are a row, as those of a Standard execution always are.
    pub(super) fn rows(&mut self, decision: &Decision) -> Option<(Vec<Row>, Option<NewExecution>)> {
        let Express { pending, new } = self.express.as_mut()?;
        let Some(pending) = pending else { return Some((Vec::new(), None)) };
        let had_given_up = pending.has_given_up();
        let rows = pending.take(decision);
        if pending.has_given_up() && !had_given_up {
            warn!(execution = %self.arn, "a history is too large to be kept until the end; it will not be stored");
        }
        let new = if rows.is_empty() { None } else { new.take() };
        Some((rows, new))
    }
}

impl Batch {
    /// The decision's events join the execution's unit; `written` as [`Resident::rows`] has it.
    pub(super) fn collect(
        &mut self,
        id: ExecutionId,
        decision: Decision,
        written: Option<(Vec<Row>, Option<NewExecution>)>,
    ) {
        let Decision { first_seq, first_public_id, events, messages, .. } = decision;
        let first = (first_seq, first_public_id);
        match written {
            None => self.add(id, first, events),
            Some((rows, new)) => {
                self.add_in_memory(id, first, events, rows);
                if let Some(new) = new {
                    self.start(id, new);
                }
            }
        }
        self.send(id, messages);
    }
}

impl Lane {
    /// An Express execution that is read back begins again from its input. Its waits get ids that none had before: an answer
    /// to the run before finds none of them.
    pub(super) fn begin_again(&mut self, resident: &mut Resident) {
        if resident.express.is_some() {
            resident.execution.count_from(Seq(self.seeds.next() >> 2));
        }
    }
}
