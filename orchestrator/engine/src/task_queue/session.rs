//! A worker's session: hand-outs come out, credits go in.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use execution::{ExecutionId, WaitId};
use store::NamespaceId;
use tokio::sync::mpsc;

use super::credits::PoolId;
use super::{HandOut, Held, SessionEnd, TaskQueues};
use crate::lane::{Lanes, Mail};

#[derive(Debug, Clone)]
pub struct SessionOptions {
    pub namespace: NamespaceId,
    /// Shown to operators.
    pub worker: Option<Arc<str>>,
    /// The client can't acknowledge, nor tell after a recovery what it holds: whoever writes it the answer acknowledges in its place.
    pub is_silent: bool,
}

/// Dropping it breaks it: what it had not acknowledged is offered again at once. `close` ends it in order.
#[derive(Debug)]
pub struct Session {
    options: SessionOptions,
    end: Option<SessionEnd>,
    id: u64,
    queues: Arc<TaskQueues>,
    lanes: Lanes,
    pools: BTreeMap<Arc<str>, PoolId>,
    shared: Option<PoolId>,
    hand_outs: mpsc::UnboundedReceiver<HandOut>,
    cancelled: mpsc::UnboundedReceiver<Held>,
    /// Given out so recently that they may not have been acknowledged.
    recent: VecDeque<(Instant, ExecutionId, WaitId)>,
    handout_ack: Duration,
}

impl Session {
    pub(crate) fn open(
        options: SessionOptions,
        id: u64,
        queues: Arc<TaskQueues>,
        lanes: Lanes,
        handout_ack: Duration,
    ) -> Self {
        let (hand_outs_in, hand_outs) = mpsc::unbounded_channel();
        let (cancelled_in, cancelled) = mpsc::unbounded_channel();
        let end = SessionEnd {
            id,
            is_silent: options.is_silent,
            hand_outs: hand_outs_in,
            cancelled: cancelled_in,
        };
        Self {
            options,
            end: Some(end),
            id,
            queues,
            lanes,
            pools: BTreeMap::new(),
            shared: None,
            hand_outs,
            cancelled,
            recent: VecDeque::new(),
            handout_ack,
        }
    }

    /// Credits for one queue: so many more tasks of it may come. Without effect once revoked.
    pub fn grant(&mut self, queue: &str, tasks: u32) {
        let Some(end) = &self.end else { return };
        let pool = if let Some(pool) = self.pools.get(queue) {
            *pool
        } else {
            let name: Arc<str> = queue.into();
            let pool = self.queues.open_pool(&self.options, end, vec![Arc::clone(&name)]);
            self.pools.insert(name, pool);
            pool
        };
        self.queues.grant(pool, tasks);
    }

    /// One pool of credits for several queues together (a unary poll's `max_tasks`).
    pub fn grant_shared(&mut self, queues: &[String], tasks: u32) {
        let Some(end) = &self.end else { return };
        let pool = *self.shared.get_or_insert_with(|| {
            let mut names: Vec<Arc<str>> = queues.iter().map(|name| name.as_str().into()).collect();
            names.sort();
            names.dedup();
            self.queues.open_pool(&self.options, end, names)
        });
        self.queues.grant(pool, tasks);
    }

    /// No more tasks; those already assigned still come.
    pub fn revoke(&mut self) {
        for pool in self.pools.values().chain(&self.shared) {
            self.queues.close_pool(*pool);
        }
        self.end = None;
    }

    /// The next hand-out; `None` once revoked and nothing assigned is left. Cancel-safe.
    pub async fn next(&mut self) -> Option<HandOut> {
        let task = self.hand_outs.recv().await?;
        self.remember(&task);
        Some(task)
    }

    /// The hand-outs that are there already.
    pub fn drain(&mut self, into: &mut Vec<HandOut>) {
        while let Ok(task) = self.hand_outs.try_recv() {
            self.remember(&task);
            into.push(task);
        }
    }

    /// Hand-outs that stopped being this session's since last asked: timed out, stopped, superseded. Cancel-safe;
    /// pending while there are none.
    pub async fn cancelled(&mut self) -> Vec<Held> {
        let mut tokens = Vec::new();
        if self.cancelled.recv_many(&mut tokens, usize::MAX).await == 0 {
            // Revoked, and nothing is out: nothing will ever be cancelled.
            std::future::pending::<()>().await;
        }
        tokens
    }

    /// The next hand-out or cancellation, whichever comes first.
    pub async fn event(&mut self) -> SessionEvent {
        tokio::select! {
            biased;
            task = self.hand_outs.recv() => match task {
                Some(task) => {
                    self.remember(&task);
                    SessionEvent::HandOut(task)
                }
                None => SessionEvent::Revoked,
            },
            Some(token) = self.cancelled.recv() => SessionEvent::Cancelled(token),
        }
    }

    /// Ends the session in order: its answer was written, so acknowledgements and timeouts decide from here.
    pub fn close(mut self) {
        self.recent.clear();
    }

    fn remember(&mut self, task: &HandOut) {
        let now = Instant::now();
        while self.recent.front().is_some_and(|(at, _, _)| now - *at > self.handout_ack) {
            self.recent.pop_front();
        }
        self.recent.push_back((now, task.id, task.wait));
    }
}

#[derive(Debug)]
pub enum SessionEvent {
    HandOut(HandOut),
    Cancelled(Held),
    /// Revoked, and nothing assigned is left.
    Revoked,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.revoke();
        self.hand_outs.close();
        // What lies unread has not been acknowledged either.
        self.drain(&mut Vec::new());
        let session = self.id;
        for (_, id, wait) in std::mem::take(&mut self.recent) {
            self.lanes.send(id, Mail::SessionBroken { id, wait, session });
        }
    }
}
