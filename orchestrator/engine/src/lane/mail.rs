//! What comes to a lane from outside.

use std::sync::Arc;

use asl::StateMachine;
use chrono::{DateTime, Utc};
use execution::event::Failure;
use execution::trigger::Redrive;
use execution::{ExecutionId, Message, Redriven, Trigger, WaitId};
use store::{MessageKey, NamespaceId, NewExecution};

use super::{Resident, StartOutcome};
use crate::engine::{Ended, Started};
use crate::error::EngineError;
use crate::reply::Reply;
use crate::starter::Waits;
use crate::task_queue::Reservation;

#[derive(Debug)]
pub(crate) enum Mail {
    Start(Box<StartMail>),
    /// A worker's outcome.
    Report {
        id: ExecutionId,
        trigger: Trigger,
        reply: Reply<()>,
    },
    Stop {
        id: ExecutionId,
        failure: Failure,
        reply: Reply<DateTime<Utc>>,
    },
    Redrive(Box<RedriveMail>),
    /// A worker came for an offered task.
    Take {
        id: ExecutionId,
        wait: WaitId,
        reservation: Reservation,
    },
    Heartbeat {
        id: ExecutionId,
        wait: WaitId,
        reply: Reply<()>,
    },
    Acknowledge {
        id: ExecutionId,
        wait: WaitId,
        reply: Reply<()>,
    },
    GiveBack {
        id: ExecutionId,
        wait: WaitId,
        reply: Reply<()>,
    },
    SessionBroken {
        id: ExecutionId,
        wait: WaitId,
        session: u64,
    },
    /// What other executions have told this one.
    Hear {
        id: ExecutionId,
        messages: Vec<Heard>,
    },
    AwaitEnd {
        id: ExecutionId,
        reply: Reply<Ended>,
    },
    /// Claimed, or read back: folded from its history.
    Adopt(Box<Resident>),
    /// The bound on transitions of one decision was reached.
    Resume {
        id: ExecutionId,
    },
}

impl Mail {
    /// Tells whoever sent it; the node's own mail has nobody to tell.
    pub(crate) fn refuse(self, error: EngineError) {
        match self {
            Self::Start(start) => start.reply.send(Err(error)),
            Self::Redrive(redrive) => redrive.reply.send(Err(error)),
            Self::Report { reply, .. }
            | Self::Heartbeat { reply, .. }
            | Self::Acknowledge { reply, .. }
            | Self::GiveBack { reply, .. } => reply.send(Err(error)),
            Self::Stop { reply, .. } => reply.send(Err(error)),
            Self::AwaitEnd { reply, .. } => reply.send(Err(error)),
            Self::Take { .. }
            | Self::SessionBroken { .. }
            | Self::Hear { .. }
            | Self::Adopt(_)
            | Self::Resume { .. } => {}
        }
    }
}

/// A message as its receiver gets it: out of the inbox, or straight from the sender's commit.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) key: MessageKey,
    pub(crate) message: Message,
}

#[derive(Debug)]
pub(crate) struct RedriveMail {
    pub(crate) id: ExecutionId,
    /// Folded from its history after its end; `None`: its row says that it runs.
    pub(crate) closed: Option<Resident>,
    pub(crate) redrive: Redrive,
    /// Refused where its namespace has as many open executions already.
    pub(crate) open_max: Option<u64>,
    pub(crate) reply: Reply<Redriven>,
}

#[derive(Debug)]
pub(crate) struct StartMail {
    pub(crate) id: ExecutionId,
    pub(crate) new: NewExecution,
    pub(crate) machine: Arc<StateMachine>,
    pub(crate) namespace: NamespaceId,
    pub(crate) arn: Arc<str>,
    pub(crate) trigger: Box<execution::trigger::Start>,
    pub(crate) reply: Reply<StartOutcome>,
    pub(crate) started: Started,
    pub(crate) waits: Waits,
    pub(crate) end: Option<Reply<Ended>>,
    /// Refused where its namespace has as many open executions already.
    pub(crate) open_max: Option<u64>,
}
