//! One held task, from its hand-out to the server's answer to its outcome.

use std::time::Duration;

use everstep_proto::v1::{self, Task, task_outcome::Outcome};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tonic::Code;

use crate::context::TaskContext;
use crate::error::TaskError;
use crate::handler;

pub(super) struct Held {
    /// Its place among the desk's queues.
    pub(super) queue: usize,
    pub(super) stage: Stage,
    heartbeat: Option<Heartbeat>,
}

pub(super) enum Stage {
    /// Not begun: there was no slot.
    Waiting(Box<Task>),
    Running {
        context: TaskContext,
        handler: AbortHandle,
    },
    /// Over before its handler was; the handler knows.
    Cancelled {
        handler: AbortHandle,
        drop_at: Instant,
    },
    /// Reported; kept until the server answers.
    Finished {
        outcome: Outcome,
        again_at: Option<Instant>,
    },
    /// Given back; kept so that it can be said again.
    Returned,
}

struct Heartbeat {
    interval: Duration,
    next: Instant,
}

/// What a task needs now, and when next.
#[derive(Default)]
pub(super) struct Errands {
    pub(super) heartbeat: bool,
    pub(super) report: bool,
    pub(super) abort: bool,
    pub(super) next: Option<Instant>,
}

/// Two heartbeats may be lost or late before the third.
const HEARTBEATS_PER_TIMEOUT: u32 = 3;

/// The server's limits.
const ERROR_CHARS_MAX: usize = 256;
const CAUSE_CHARS_MAX: usize = 32_768;

/// A message that the server cannot read breaks the session each time it is sent: larger outputs fail here. It is far
/// above what a namespace allows (262,144 bytes unless set).
pub(super) const OUTPUT_BYTES_MAX: usize = 3 << 20;

impl Held {
    pub(super) fn new(queue: usize, task: Task, now: Instant) -> Self {
        let timeout = task.heartbeat_timeout.and_then(|timeout| Duration::try_from(timeout).ok());
        let heartbeat = timeout.filter(|timeout| !timeout.is_zero()).map(|timeout| {
            let interval = timeout / HEARTBEATS_PER_TIMEOUT;
            Heartbeat { interval, next: now + interval }
        });
        Self { queue, stage: Stage::Waiting(Box::new(task)), heartbeat }
    }

    pub(super) fn returned(queue: usize) -> Self {
        Self { queue, stage: Stage::Returned, heartbeat: None }
    }

    pub(super) fn next_heartbeat(&self) -> Option<Instant> {
        self.heartbeat.as_ref().map(|heartbeat| heartbeat.next)
    }

    /// Of one that has ended.
    pub(super) fn outcome(&self) -> Option<&Outcome> {
        match &self.stage {
            Stage::Finished { outcome, again_at: _ } => Some(outcome),
            Stage::Waiting(_)
            | Stage::Running { .. }
            | Stage::Cancelled { .. }
            | Stage::Returned => None,
        }
    }

    /// `start` sets the handler going.
    pub(super) fn begin(&mut self, start: impl FnOnce(Task) -> (TaskContext, AbortHandle)) {
        let Stage::Waiting(task) = std::mem::replace(&mut self.stage, Stage::Returned) else {
            panic!("only what waits can begin");
        };
        let (context, handler) = start(*task);
        self.stage = Stage::Running { context, handler };
    }

    pub(super) fn cancel(&mut self, drop_at: Instant) {
        let Stage::Running { context, handler } = &self.stage else {
            panic!("only what runs can be cancelled");
        };
        context.cancel();
        self.stage = Stage::Cancelled { handler: handler.clone(), drop_at };
    }

    /// Answers whether the outcome is in vain.
    pub(super) fn finish(&mut self, outcome: handler::Outcome) -> bool {
        match &self.stage {
            Stage::Cancelled { .. } => true,
            Stage::Running { .. } => {
                self.stage = Stage::Finished { outcome: wire(outcome), again_at: None };
                false
            }
            Stage::Waiting(_) | Stage::Finished { .. } | Stage::Returned => {
                panic!("a handler that ends was running")
            }
        }
    }

    pub(super) fn abort(&self) {
        match &self.stage {
            Stage::Running { handler, .. } | Stage::Cancelled { handler, .. } => handler.abort(),
            Stage::Waiting(_) | Stage::Finished { .. } | Stage::Returned => {}
        }
    }

    pub(super) fn errands(&mut self, now: Instant) -> Errands {
        let mut errands = Errands::default();
        match &mut self.stage {
            Stage::Returned => return errands,
            Stage::Cancelled { drop_at, .. } => {
                errands.abort = *drop_at <= now;
                errands.next = Some(*drop_at);
                return errands;
            }
            Stage::Finished { again_at, .. } => {
                errands.report = again_at.take_if(|at| *at <= now).is_some();
                errands.next = *again_at;
            }
            Stage::Waiting(_) | Stage::Running { .. } => {}
        }
        // Until the server has the outcome, the attempt lives on heartbeats.
        if let Some(heartbeat) = &mut self.heartbeat {
            errands.heartbeat = heartbeat.next <= now;
            if errands.heartbeat {
                heartbeat.next = now + heartbeat.interval;
            }
            errands.next = errands.next.into_iter().chain([heartbeat.next]).min();
        }
        errands
    }
}

/// What to do about the server's answer to an outcome.
pub(super) enum Remedy {
    Accepted,
    /// The server cannot take it now.
    Again,
    /// It will not take this output: the task fails for that reason.
    Fail,
    /// The task is over.
    Drop,
}

impl Remedy {
    pub(super) fn of(code: i32, outcome: &Outcome) -> Self {
        const OK: i32 = Code::Ok as i32;
        const UNAVAILABLE: i32 = Code::Unavailable as i32;
        const EXHAUSTED: i32 = Code::ResourceExhausted as i32;
        const INVALID: i32 = Code::InvalidArgument as i32;
        match (code, outcome) {
            (OK, _) => Self::Accepted,
            (UNAVAILABLE | EXHAUSTED, _) => Self::Again,
            (INVALID, Outcome::Output(_)) => Self::Fail,
            (_, Outcome::Output(_) | Outcome::Failure(_)) => Self::Drop,
        }
    }
}

fn wire(outcome: handler::Outcome) -> Outcome {
    match outcome {
        Ok(output) if output.len() > OUTPUT_BYTES_MAX => failure(TaskError::new(
            "States.DataLimitExceeded",
            format!("the output has {} bytes; {OUTPUT_BYTES_MAX} can be sent", output.len()),
        )),
        Ok(output) => Outcome::Output(output),
        Err(error) => failure(error),
    }
}

pub(super) fn failure(TaskError { error, cause }: TaskError) -> Outcome {
    let error = cut(error, ERROR_CHARS_MAX);
    let cause = cut(cause, CAUSE_CHARS_MAX);
    Outcome::Failure(v1::TaskError { error, cause })
}

fn cut(mut text: String, chars_max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
    }
    text
}
