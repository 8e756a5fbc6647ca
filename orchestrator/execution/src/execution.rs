//! One execution: the fold over its events.

use asl::StateMachine;
use chrono::{DateTime, Utc};

use crate::event::Event;
use crate::id::{ExecutionId, PublicId, Seq};
use crate::trigger::Trigger;
use crate::wait::OpenBranch;

#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    id: ExecutionId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// What a trigger made of an execution, applied already; to be committed as one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Of the first event.
    pub first_seq: Seq,
    /// Of the first public event, whether or not there is one.
    pub first_public_id: PublicId,
    pub events: Vec<Event>,
    /// The bound on transitions was reached: send [`Trigger::Resume`].
    pub more: bool,
}

/// Why a trigger has no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the wait is not open: its answer came before, it was superseded, or it never was")]
    UnknownWait,
    #[error("the execution has ended")]
    Closed,
    #[error("the execution is quarantined: {reason}")]
    Quarantined { reason: String },
    #[error("the execution has begun already")]
    AlreadyStarted,
    #[error("the execution is not quarantined")]
    NotQuarantined,
}

impl Execution {
    /// Before the first event.
    pub fn begin(id: ExecutionId) -> Self {
        Self { id }
    }

    pub fn id(&self) -> ExecutionId {
        self.id
    }

    pub fn status(&self) -> Status {
        todo!()
    }

    /// Why nothing happens until an operator acts.
    pub fn quarantine(&self) -> Option<&str> {
        todo!()
    }

    pub fn is_quarantined(&self) -> bool {
        self.quarantine().is_some()
    }

    pub fn last_seq(&self) -> Seq {
        todo!()
    }

    pub fn last_public_id(&self) -> PublicId {
        todo!()
    }

    /// The time of the last event.
    pub fn updated_at(&self) -> DateTime<Utc> {
        todo!()
    }

    /// By the machine's `TimeoutSeconds`.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        todo!()
    }

    /// Whether a branch can go on without a trigger of its own: after a recovery, send [`Trigger::Resume`].
    pub fn has_ready(&self) -> bool {
        todo!()
    }

    /// Every open branch, in the order they were made.
    pub fn open_branches(&self) -> Vec<OpenBranch> {
        todo!()
    }

    /// One trigger, whole: decides a transition, applies its events, again until every branch waits or the
    /// bound on transitions is reached.
    pub fn process(
        &mut self,
        machine: &StateMachine,
        trigger: Trigger,
        now: DateTime<Utc>,
        seed: u64,
    ) -> Result<Decision, Refusal> {
        todo!()
    }

    /// The only writer. Never evaluates an expression.
    pub fn apply(&mut self, event: &Event, at: DateTime<Utc>) {
        todo!()
    }
}
