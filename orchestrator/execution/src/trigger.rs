//! What comes to an execution from outside.

use std::sync::Arc;

use asl::Payload;

use crate::event::{Failure, OfferedAgain};
use crate::id::WaitId;

/// A trigger that names a wait which is not open is refused without effect (`Decided::UnknownWait`).
#[derive(Debug, Clone)]
pub enum Trigger {
    /// A worker takes the task: at once, in the commit that scheduled it, or later.
    TaskTaken { wait: WaitId, worker: Option<Arc<str>> },
    TaskSucceeded { wait: WaitId, output: Payload },
    TaskFailed { wait: WaitId, failure: Failure },
    /// No heartbeat came in time. Heartbeats themselves are no events.
    HeartbeatMissed { wait: WaitId },
    OfferAgain { wait: WaitId, reason: OfferedAgain },
    /// A timer that was armed for `wait` (a Wait state, a retry, a task's timeout) is due.
    TimerDue { wait: WaitId },
    /// The machine's `TimeoutSeconds` has passed.
    DeadlineDue,
    Stop { failure: Failure },
    /// Go on after the bound on transitions per decision was reached.
    Resume,
    Quarantine { reason: String },
    /// An operator lets a quarantined execution go on.
    Release,
}
