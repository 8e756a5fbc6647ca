//! What comes to an execution from outside.

use std::sync::Arc;

use asl::Payload;

use crate::event::{
    ChildStatus, Failure, MapRunLimits, OfferedAgain, Parent, Settings, StartedBy, StartedChild,
};
use crate::express::Keeps;
use crate::id::WaitId;
use crate::message::Message;

/// A trigger that names a wait which is not open is refused without effect ([`crate::Refusal::UnknownWait`]).
#[derive(Debug, Clone)]
pub enum Trigger {
    /// The first trigger of every execution, and of none twice.
    Start(Box<Start>),
    /// A worker takes the task: at once, in the commit that scheduled it, or later.
    TaskTaken {
        wait: WaitId,
        worker: Option<Arc<str>>,
        /// Whoever recovers the execution is not to wait for the worker's word.
        is_silent: bool,
    },
    TaskSucceeded {
        wait: WaitId,
        output: Payload,
    },
    TaskFailed {
        wait: WaitId,
        failure: Failure,
    },
    /// The child that a task was to start runs. Ends the task, or its submission.
    ChildStarted {
        wait: WaitId,
        child: Box<StartedChild>,
    },
    /// Another execution has told it something.
    Message(Box<Message>),
    /// No heartbeat came in time. Heartbeats themselves are no events.
    HeartbeatMissed {
        wait: WaitId,
    },
    OfferAgain {
        wait: WaitId,
        reason: OfferedAgain,
    },
    /// A timer that was armed for `wait` (a Wait state, a retry, a task's timeout) is due.
    TimerDue {
        wait: WaitId,
    },
    MapRun {
        wait: WaitId,
        report: MapRunReport,
    },
    /// The machine's `TimeoutSeconds` has passed.
    DeadlineDue,
    Stop {
        failure: Failure,
    },
    /// The only one that an execution takes after its end.
    Redrive(Redrive),
    /// Go on after the bound on transitions per decision was reached.
    Resume,
    Quarantine {
        reason: String,
    },
    /// An operator lets a quarantined execution go on.
    Release,
}

/// What a map run hears of.
#[derive(Debug, Clone)]
pub enum MapRunReport {
    /// The items from number `from` on, as an array; `done`: these are the last.
    Items {
        from: u64,
        items: Payload,
        done: bool,
    },
    ChildEnded {
        child: u64,
        status: ChildStatus,
        failure: Failure,
        output: Option<Payload>,
        /// How often the child had been redriven.
        redrives: u64,
    },
    /// The results are where `result` says; it becomes the state's.
    Written {
        result: Payload,
    },
    /// What it asked for can't be had.
    Broken {
        failure: Failure,
    },
    Update {
        limits: MapRunLimits,
    },
}

/// Who asks for a redrive: a caller, or the map run whose child it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redrive {
    pub client_token: Option<String>,
    /// The map run's: how often the child will have been redriven.
    pub count: Option<u64>,
    /// From the first state on.
    pub afresh: bool,
}

/// What the history says of an execution from its first event on.
#[derive(Debug, Clone)]
pub struct Start {
    pub name: String,
    /// ARNs are the api floor's; here they are text that the context object shows.
    pub execution_arn: String,
    pub machine_arn: String,
    pub started_by: StartedBy,
    pub machine_name: String,
    pub role_arn: String,
    pub settings: Settings,
    pub parent: Option<Parent>,
    pub input: Payload,
    /// Of a map run's child: what it runs in the place of the whole machine.
    pub processor: Option<Processor>,
    /// Of an Express execution: it ends within [`SECONDS_MAX`](crate::express::SECONDS_MAX).
    pub express: Option<Keeps>,
}

/// The flow within a Distributed Map.
#[derive(Debug, Clone)]
pub struct Processor {
    pub start_at: Arc<str>,
    /// An Express child's limit.
    pub timeout_seconds: Option<u64>,
}
