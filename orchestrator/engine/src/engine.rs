//! The engine's face: what the operations of the api call.

use std::sync::Arc;
use std::time::Duration;

use asl::Payload;
use chrono::{DateTime, Utc};
use execution::event::Failure;
use execution::{ExecutionId, WaitId};
use store::Store;
use tokio::sync::watch;

use crate::catalog::{Catalog, Machine};
use crate::config::EngineConfig;
use crate::error::EngineError;
use crate::task_queue::{Session, SessionOptions};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Another node holds its lease; this one waits for it to lapse.
    StandingBy {
        behind: String,
    },
    /// PostgreSQL does not answer.
    DatabaseAway {
        since: DateTime<Utc>,
        reason: String,
    },
    /// Executions of a dead predecessor are being read back; operations on them answer `Unavailable` until then.
    TakingOver,
    Ready,
    Stopped,
}

pub struct Start {
    pub machine: Arc<Machine>,
    /// `None`: a UUID is given.
    pub name: Option<String>,
    pub input: Payload,
    /// The ARNs, which the api floor makes of the machine and the name: `(execution, machine)`.
    pub arns: Box<dyn FnOnce(&str) -> (String, String) + Send>,
}

#[derive(Debug, Clone)]
pub struct Started {
    pub id: ExecutionId,
    pub name: String,
    pub started_at: DateTime<Utc>,
}

/// How an execution ended.
#[derive(Debug, Clone)]
pub struct Ended {
    pub status: execution::Status,
    pub ended_at: DateTime<Utc>,
    pub output: Option<Payload>,
    pub failure: Failure,
}

/// What a worker reports of a task.
#[derive(Debug, Clone)]
pub enum Outcome {
    Succeeded(Payload),
    Failed(Failure),
}

impl Engine {
    /// Joins the nodes of the database and goes on in the background: stands by, takes over, serves.
    pub async fn join(store: Store, config: EngineConfig) -> Result<Self, EngineError> {
        todo!()
    }
    pub fn readiness(&self) -> watch::Receiver<Readiness> {
        todo!()
    }
    pub fn catalog(&self) -> &Catalog {
        todo!()
    }
    pub fn store(&self) -> &Store {
        todo!()
    }
    /// The node's estimate of the database's clock.
    pub fn now(&self) -> DateTime<Utc> {
        todo!()
    }

    /// Answers once the start is durable. The same name and input while the first one runs: that one.
    pub async fn start(&self, start: Start) -> Result<Started, EngineError> {
        todo!()
    }
    /// Starts and waits for the end, at most `wait`; `None`: it still runs.
    pub async fn start_and_wait(
        &self,
        start: Start,
        wait: Duration,
    ) -> Result<(Started, Option<Ended>), EngineError> {
        todo!()
    }
    pub async fn stop(
        &self,
        id: ExecutionId,
        failure: Failure,
    ) -> Result<DateTime<Utc>, EngineError> {
        todo!()
    }
    /// Changes whenever events of the execution have become durable, and when it ends (`true`). Read the events from the store.
    pub fn subscribe(&self, id: ExecutionId) -> watch::Receiver<bool> {
        todo!()
    }

    /// A worker's session: hand-outs come out of it, credits go in. Dropping it ends it: what it had not acknowledged is offered again.
    pub fn open_session(&self, options: SessionOptions) -> Session {
        todo!()
    }
    /// Workers that wait for tasks of a queue right now.
    pub fn pollers(&self, namespace: i32, queue: &str) -> u32 {
        todo!()
    }
    pub async fn report(
        &self,
        id: ExecutionId,
        wait: WaitId,
        outcome: Outcome,
    ) -> Result<(), EngineError> {
        todo!()
    }
    /// As `report`, answering through `answer` from the lane itself: no task or future per outcome.
    pub fn report_with(
        &self,
        id: ExecutionId,
        wait: WaitId,
        outcome: Outcome,
        answer: impl FnOnce(Result<(), EngineError>) + Send + 'static,
    ) {
        todo!()
    }
    /// Keeps the task alive; `Err(TaskOver)`: cancelled or superseded. Acknowledges, too.
    pub async fn heartbeat(&self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        todo!()
    }
    pub async fn acknowledge(&self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        todo!()
    }
    /// The task was not begun: it is offered again at once.
    pub async fn give_back(&self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        todo!()
    }
    /// Gives the lease up in order: no more triggers are taken, what is in flight is committed.
    pub async fn leave(&self) {
        todo!()
    }
}
