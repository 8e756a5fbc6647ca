//! What an execution waits for: shown by describe, and read by the engine to arm timers and offer tasks after a recovery.

use std::sync::Arc;

use asl::Payload;
use chrono::{DateTime, Utc};

use crate::event::Failure;
use crate::id::{BranchId, WaitId};

/// A branch that has not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenBranch {
    pub branch: BranchId,
    pub state: Arc<str>,
    pub entered_at: DateTime<Utc>,
    pub waits_for: WaitKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum WaitKind {
    /// Nothing: the next [`crate::Trigger::Resume`] (or any other trigger) moves it.
    Nothing,
    Task(Box<OpenTask>),
    Retry {
        wait: WaitId,
        until: DateTime<Utc>,
        count: u32,
        failure: Failure,
    },
    Timer {
        wait: WaitId,
        until: DateTime<Utc>,
    },
    /// A Parallel or a Map: children that are open, and items whose iteration has not begun.
    Join {
        open: u64,
        not_begun: u64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct OpenTask {
    pub wait: WaitId,
    pub queue: Arc<str>,
    /// Counts from 1.
    pub attempt: u32,
    pub scheduled_at: DateTime<Utc>,
    pub started: Option<StartedTask>,
    /// What the worker gets.
    pub payload: Payload,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StartedTask {
    pub worker: Option<Arc<str>>,
    pub at: DateTime<Utc>,
    /// When the attempt times out.
    pub deadline: Option<DateTime<Utc>>,
    pub heartbeat_seconds: Option<u64>,
}
