//! What the worker holds: every task from its hand-out until the server has accepted its outcome.
//!
//! Waits for nothing and knows no connection: messages and reports go in, messages come out. Everything that must reach
//! the server can be written down anew from what is held, and is, when a session was lost.

mod held;
mod outbox;

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use everstep_proto::v1::{Task, TaskResult, WorkResponse};
use futures_util::FutureExt as _;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{Instrument as _, debug, info_span, warn};

use self::held::{Held, Remedy, Stage};
use self::outbox::Outbox;
use crate::context::TaskContext;
use crate::error::TaskError;
use crate::handler;
use crate::queue::Serve;
use crate::reconnect::Reconnect;
use crate::worker::WorkerBuilder;

/// A handler has ended.
pub(crate) struct Report {
    token: Arc<str>,
    outcome: handler::Outcome,
}

pub(crate) struct Desk {
    queues: Vec<Desked>,
    slots: u32,
    running: u32,
    held: HashMap<Arc<str>, Held>,
    /// Handed out and not begun, oldest first.
    waiting: VecDeque<Arc<str>>,
    /// Outcomes that the server has not answered.
    unconfirmed: u32,
    outbox: Outbox,
    reporter: mpsc::UnboundedSender<Report>,
    cancellation_grace: Duration,
    draining: bool,
    /// No later than the earliest heartbeat, drop or repetition that is due.
    next_errand: Option<Instant>,
    redelivery: Reconnect,
}

/// A queue and its share of the slots.
struct Desked {
    name: Arc<str>,
    serve: Serve,
    slots: u32,
    /// Credits that the server has and has not used.
    granted: u32,
    /// Handed out and not ended, whether begun or not.
    open: u32,
    running: u32,
}

/// Errands are looked after no more often than this: a heartbeat may be so late.
const ERRANDS_APART: Duration = Duration::from_millis(100);

/// No new credits while more outcomes than the slots and these wait for the server's answer.
const UNCONFIRMED_SPARE: u32 = 64;

impl Desk {
    pub(crate) fn new(settings: WorkerBuilder, reporter: mpsc::UnboundedSender<Report>) -> Self {
        let slots = settings.queue_slots();
        let desked = |(queue, slots): (crate::Queue, u32)| Desked {
            name: queue.name,
            serve: queue.serve,
            slots,
            granted: 0,
            open: 0,
            running: 0,
        };
        Self {
            queues: settings.queues.into_iter().zip(slots).map(desked).collect(),
            slots: settings.slots,
            running: 0,
            held: HashMap::new(),
            waiting: VecDeque::new(),
            unconfirmed: 0,
            outbox: Outbox::default(),
            reporter,
            cancellation_grace: settings.cancellation_grace,
            draining: false,
            next_errand: None,
            redelivery: Reconnect::new(),
        }
    }

    pub(crate) fn hear(&mut self, message: WorkResponse, now: Instant) {
        for token in &message.cancelled {
            self.cancel(token, now);
        }
        for result in message.results {
            self.settle(result, now);
        }
        for task in message.tasks {
            self.take(task, now);
        }
    }

    /// A task was handed out.
    fn take(&mut self, task: Task, now: Instant) {
        let token: Arc<str> = task.token.as_str().into();
        if self.held.contains_key(&token) {
            debug!(token = &*token, "a task that is held already was handed out");
            return self.outbox.acknowledge(token);
        }
        let Some(queue) = self.queues.iter().position(|queue| *queue.name == *task.queue) else {
            warn!(queue = task.queue, "a task of a queue that is not served goes back");
            return self.outbox.give_back(token);
        };
        let desked = &mut self.queues[queue];
        desked.granted = desked.granted.saturating_sub(1);
        if self.draining {
            self.held.insert(token.clone(), Held::returned(queue));
            return self.outbox.give_back(token);
        }
        desked.open += 1;
        self.outbox.acknowledge(token.clone());
        let held = Held::new(queue, task, now);
        self.remind(held.next_heartbeat());
        self.held.insert(token.clone(), held);
        self.waiting.push_back(token);
        self.begin_waiting();
    }

    /// Begins what waits, as far as there are slots.
    fn begin_waiting(&mut self) {
        while self.running < self.slots {
            let queues = &self.queues;
            let has_slot = |token: &Arc<str>| {
                let queue = &queues[self.held[token].queue];
                queue.running < queue.slots
            };
            let Some(next) = self.waiting.iter().position(has_slot) else { return };
            let token = self.waiting.remove(next).expect("the position was just found");
            self.begin(token);
        }
    }

    fn begin(&mut self, token: Arc<str>) {
        let held = self.held.get_mut(&token).expect("what waits is held");
        let queue = &mut self.queues[held.queue];
        queue.running += 1;
        self.running += 1;
        held.begin(|task| {
            let (context, input) = TaskContext::of(task, token.clone(), queue.name.clone());
            let span = info_span!(
                "task",
                execution = context.execution_arn(),
                state = context.state(),
                attempt = context.attempt(),
            );
            let handling = guard(queue.serve.clone(), context.clone(), input);
            let reporter = self.reporter.clone();
            let handling = async move {
                let outcome = handling.await;
                // A worker that has stopped asks for no report.
                let _ = reporter.send(Report { token, outcome });
            };
            (context, tokio::spawn(handling.instrument(span)).abort_handle())
        });
    }

    /// A handler has ended.
    pub(crate) fn finish(&mut self, report: Report) {
        let Report { token, outcome } = report;
        // Dropped for good a moment before it ended.
        let Some(held) = self.held.get_mut(&token) else { return };
        let queue = held.queue;
        let in_vain = held.finish(outcome);
        if in_vain {
            debug!(token = &*token, "a cancelled task ended: its outcome is not reported");
            self.held.remove(&token);
        } else {
            self.unconfirmed += 1;
            self.outbox.report(token);
        }
        self.vacate(queue);
    }

    /// A slot is free again.
    fn vacate(&mut self, queue: usize) {
        self.running -= 1;
        self.queues[queue].running -= 1;
        self.queues[queue].open -= 1;
        self.begin_waiting();
    }

    /// The server accepts an outcome, or says why not.
    fn settle(&mut self, result: TaskResult, now: Instant) {
        let Some(held) = self.held.get_mut(result.token.as_str()) else { return };
        let Stage::Finished { outcome, again_at } = &mut held.stage else { return };
        let status = result.status.unwrap_or_default();
        match Remedy::of(status.code, outcome) {
            Remedy::Accepted => self.redelivery.reset(),
            Remedy::Again => {
                let at = now + self.redelivery.next_delay();
                *again_at = Some(at);
                return self.remind(Some(at));
            }
            Remedy::Fail => {
                warn!(
                    token = result.token,
                    reason = status.message,
                    "the output was refused: the task fails"
                );
                *outcome = held::failure(TaskError::new("InvalidOutput", status.message));
                return self.outbox.report(result.token.into());
            }
            Remedy::Drop => {
                warn!(
                    token = result.token,
                    code = status.code,
                    reason = status.message,
                    "an outcome was refused and is dropped"
                );
            }
        }
        self.held.remove(result.token.as_str());
        self.unconfirmed -= 1;
    }

    /// The task is this worker's no longer.
    fn cancel(&mut self, token: &str, now: Instant) {
        let Some(held) = self.held.get_mut(token) else { return };
        match &held.stage {
            Stage::Waiting(_) => {
                self.queues[held.queue].open -= 1;
                self.waiting.retain(|waiting| **waiting != *token);
                self.held.remove(token);
            }
            Stage::Running { .. } => {
                let drop_at = now + self.cancellation_grace;
                held.cancel(drop_at);
                self.remind(Some(drop_at));
            }
            Stage::Finished { .. } => {
                warn!(token, "the task is over: its outcome is dropped");
                self.unconfirmed -= 1;
                self.held.remove(token);
            }
            Stage::Returned => {
                self.held.remove(token);
            }
            Stage::Cancelled { .. } => {}
        }
    }

    pub(crate) fn next_errand(&self) -> Option<Instant> {
        self.next_errand
    }

    fn remind(&mut self, at: Option<Instant>) {
        self.next_errand = self.next_errand.into_iter().chain(at).min();
    }

    /// Sends the heartbeats that are due, reports again what the server could not take, drops what did not heed its cancellation.
    pub(crate) fn tick(&mut self, now: Instant) {
        let mut overdue = Vec::new();
        let mut next: Option<Instant> = None;
        for (token, held) in &mut self.held {
            let errands = held.errands(now);
            if errands.heartbeat {
                self.outbox.heartbeat(token.clone());
            }
            if errands.report {
                self.outbox.report(token.clone());
            }
            if errands.abort {
                overdue.push(token.clone());
            }
            next = next.into_iter().chain(errands.next).min();
        }
        self.next_errand = next.map(|next| next.max(now + ERRANDS_APART));
        for token in overdue {
            let held = self.held.remove(&token).expect("it was just seen");
            warn!(token = &*token, "a cancelled handler did not end in time and is dropped");
            held.abort();
            self.vacate(held.queue);
        }
    }

    /// The session is lost: all that the server must know is to be said again.
    pub(crate) fn begin_anew(&mut self) {
        self.outbox = Outbox::default();
        for queue in &mut self.queues {
            queue.granted = 0;
        }
        for (token, held) in &mut self.held {
            match &mut held.stage {
                Stage::Waiting(_) | Stage::Running { .. } => self.outbox.acknowledge(token.clone()),
                Stage::Finished { again_at, .. } => {
                    *again_at = None;
                    self.outbox.report(token.clone());
                }
                Stage::Returned => self.outbox.give_back(token.clone()),
                Stage::Cancelled { .. } => {}
            }
        }
    }

    /// Begins nothing more; what has not begun goes back. Answers how many those are.
    pub(crate) fn drain(&mut self) -> usize {
        self.draining = true;
        self.outbox.drain();
        let waiting = std::mem::take(&mut self.waiting);
        for token in &waiting {
            let held = self.held.get_mut(token).expect("what waits is held");
            self.queues[held.queue].open -= 1;
            held.stage = Stage::Returned;
            self.outbox.give_back(token.clone());
        }
        waiting.len()
    }

    /// Nothing runs, and no outcome waits for the server.
    pub(crate) fn is_empty(&self) -> bool {
        self.running == 0 && self.unconfirmed == 0 && self.waiting.is_empty()
    }

    /// Drops every handler that still runs. Answers how many.
    pub(crate) fn abandon(&mut self) -> u32 {
        self.held.values().for_each(Held::abort);
        self.running
    }
}

impl Drop for Desk {
    /// Handlers don't outlive their worker.
    fn drop(&mut self) {
        self.abandon();
    }
}

/// A panic is the task's failure, not the worker's.
async fn guard(serve: Serve, context: TaskContext, input: String) -> handler::Outcome {
    let handling = async move { serve(context, input).await };
    AssertUnwindSafe(handling).catch_unwind().await.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("the handler panicked");
        tracing::error!(panic = text, "a handler panicked");
        Err(TaskError::new("HandlerPanicked", text))
    })
}
