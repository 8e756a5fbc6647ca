//! Task queues: waiting workers on one side, offered tasks on the other.

use std::sync::Arc;

use asl::Payload;
use chrono::{DateTime, Utc};
use execution::{ExecutionId, WaitId};

#[derive(Debug, Clone)]
pub struct SessionOptions {
    pub namespace: i32,
    /// Shown to operators.
    pub worker: Option<Arc<str>>,
    /// The client can't acknowledge: an answer written to an open connection counts.
    pub cannot_acknowledge: bool,
}

/// A task as a worker gets it; the token is made of `id` and `wait` by the api floor.
#[derive(Debug, Clone)]
pub struct HandOut {
    pub id: ExecutionId,
    pub wait: WaitId,
    pub queue: Arc<str>,
    pub input: Payload,
    pub attempt: u32,
    pub hand_outs_before: u32,
    pub execution_arn: Arc<str>,
    pub state: Arc<str>,
    pub scheduled_at: DateTime<Utc>,
    pub started_at: DateTime<Utc>,
    pub deadline: Option<DateTime<Utc>>,
    pub heartbeat_seconds: Option<u64>,
}

#[derive(Debug)]
pub struct Session {}

impl Session {
    /// Credits for one queue: so many more tasks of it may come.
    pub fn grant(&self, queue: &str, tasks: u32) {
        todo!()
    }
    /// One pool of credits for several queues together (a unary poll's `max_tasks`).
    pub fn grant_shared(&self, queues: &[String], tasks: u32) {
        todo!()
    }
    /// No more tasks; those already assigned still come.
    pub fn revoke(&self) {
        todo!()
    }
    /// The next hand-out; `None` once revoked and nothing assigned is left. Cancel-safe.
    pub async fn next(&mut self) -> Option<HandOut> {
        todo!()
    }
    /// The hand-outs that are there already, after the first.
    pub fn drain(&mut self, into: &mut Vec<HandOut>) {
        todo!()
    }
    /// Tokens that stopped being this session's since last asked: timed out, stopped, superseded.
    pub async fn cancelled(&mut self) -> Vec<(ExecutionId, WaitId)> {
        todo!()
    }
}
