//! What is to be said to the server, gathered until there is room for a message.

use std::collections::VecDeque;
use std::sync::Arc;

use everstep_proto::v1::work_request::Credit;
use everstep_proto::v1::{TaskOutcome, WorkRequest, task_outcome::Outcome};

use super::held::{Held, OUTPUT_BYTES_MAX, Stage};
use super::{Desk, Desked, UNCONFIRMED_SPARE};

/// gRPC servers read 4 MiB unless told otherwise; a message ends before its next outcome would exceed this.
const MESSAGE_BYTES_MAX: usize = 1 << 20;
const _: () = assert!(OUTPUT_BYTES_MAX + MESSAGE_BYTES_MAX <= 4 << 20);

/// Tokens in one message, at most: each kind of word by itself.
const TOKENS_MAX: usize = 2_000;

/// Names tasks; what is said of them is looked up when the message is written.
#[derive(Default)]
pub(super) struct Outbox {
    acknowledged: VecDeque<Arc<str>>,
    outcomes: VecDeque<Arc<str>>,
    heartbeats: VecDeque<Arc<str>>,
    returned: VecDeque<Arc<str>>,
    draining: bool,
}

impl Outbox {
    pub(super) fn acknowledge(&mut self, token: Arc<str>) {
        self.acknowledged.push_back(token);
    }

    pub(super) fn report(&mut self, token: Arc<str>) {
        self.outcomes.push_back(token);
    }

    pub(super) fn heartbeat(&mut self, token: Arc<str>) {
        self.heartbeats.push_back(token);
    }

    pub(super) fn give_back(&mut self, token: Arc<str>) {
        self.returned.push_back(token);
    }

    /// The credits are void from now on.
    pub(super) fn drain(&mut self) {
        self.draining = true;
    }

    fn is_empty(&self) -> bool {
        let Self { acknowledged, outcomes, heartbeats, returned, draining } = self;
        acknowledged.is_empty()
            && outcomes.is_empty()
            && heartbeats.is_empty()
            && returned.is_empty()
            && !draining
    }
}

impl Desk {
    pub(crate) fn has_news(&self) -> bool {
        !self.outbox.is_empty() || self.queues.iter().any(|queue| self.credits(queue) > 0)
    }

    /// So many more tasks of the queue there is room for.
    fn credits(&self, queue: &Desked) -> u32 {
        let crowded = self.unconfirmed > self.slots.saturating_add(UNCONFIRMED_SPARE);
        if self.draining || crowded {
            return 0;
        }
        queue.slots.saturating_sub(queue.open + queue.granted)
    }

    /// All that is ready, in one message, within its bounds.
    pub(crate) fn next_message(&mut self) -> Option<WorkRequest> {
        let message = WorkRequest {
            subscribe: None,
            outcomes: self.take_outcomes(),
            acknowledged: self.take_acknowledged(),
            heartbeats: self.take_heartbeats(),
            returned: some(&mut self.outbox.returned).map(|token| token.to_string()).collect(),
            credits: self.take_credits(),
            draining: std::mem::take(&mut self.outbox.draining),
        };
        (message != WorkRequest::default()).then_some(message)
    }

    fn take_credits(&mut self) -> Vec<Credit> {
        let mut credits = Vec::new();
        for index in 0..self.queues.len() {
            let tasks = self.credits(&self.queues[index]);
            if tasks > 0 {
                let queue = &mut self.queues[index];
                queue.granted += tasks;
                credits.push(Credit { queue: queue.name.to_string(), tasks });
            }
        }
        credits
    }

    /// A task that has ended since is left out: its outcome acknowledges it.
    fn take_acknowledged(&mut self) -> Vec<String> {
        let open = |token: &Arc<str>| {
            let stage = self.held.get(token).map(|held| &held.stage);
            matches!(stage, Some(Stage::Waiting(_) | Stage::Running { .. }))
        };
        let tokens = some(&mut self.outbox.acknowledged).filter(open);
        tokens.map(|token| token.to_string()).collect()
    }

    fn take_heartbeats(&mut self) -> Vec<String> {
        let held = |token: &Arc<str>| self.held.contains_key(token);
        some(&mut self.outbox.heartbeats).filter(held).map(|token| token.to_string()).collect()
    }

    fn take_outcomes(&mut self) -> Vec<TaskOutcome> {
        let mut outcomes = Vec::new();
        let mut bytes = 0;
        while let Some(token) = self.outbox.outcomes.front() {
            let outcome = self.held.get(token).and_then(Held::outcome);
            bytes += outcome.map_or(0, |outcome| token.len() + weight(outcome));
            let full = bytes > MESSAGE_BYTES_MAX || outcomes.len() == TOKENS_MAX;
            if full && !outcomes.is_empty() {
                break;
            }
            outcomes.extend(outcome.map(|outcome| TaskOutcome {
                token: token.to_string(),
                outcome: Some(outcome.clone()),
            }));
            self.outbox.outcomes.pop_front();
        }
        outcomes
    }
}

fn weight(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Output(output) => output.len(),
        Outcome::Failure(failure) => failure.error.len() + failure.cause.len(),
    }
}

fn some(tokens: &mut VecDeque<Arc<str>>) -> impl Iterator<Item = Arc<str>> {
    let count = tokens.len().min(TOKENS_MAX);
    tokens.drain(..count)
}
