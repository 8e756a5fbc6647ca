//! The engine's face: what the operations of the api call.

mod map_runs;
mod redrive;
mod start;
mod tasks;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use asl::Payload;
use chrono::{DateTime, Utc};
use execution::event::Failure;
use execution::{ExecutionId, Status};
use store::{ExecutionStatus, Store};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub use map_runs::MapRunsOf;
pub use start::{Arns, Start, Started};
pub use tasks::Outcome;

use crate::border::Border;
use crate::catalog::Catalog;
use crate::children::Children;
use crate::clock::Clock;
use crate::config::EngineConfig;
use crate::error::EngineError;
use crate::lane::{Lanes, Mail, Surroundings};
use crate::map_runs::MapRuns;
use crate::node::Membership;
use crate::patience::Patience;
use crate::recovery::read_end;
use crate::redriver::Redriver;
use crate::reply::{Reply, received};
use crate::starter::Starter;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    catalog: Arc<Catalog>,
    around: Surroundings,
    lanes: Lanes,
    readiness: watch::Receiver<Readiness>,
    leave: CancellationToken,
    starter: Starter,
    redriver: Redriver,
    next_session: AtomicU64,
    folds: map_runs::Folds,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// The nodes of the database are being asked who is active.
    Joining,
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

/// How an execution ended.
#[derive(Debug, Clone)]
pub struct Ended {
    pub status: Status,
    pub ended_at: DateTime<Utc>,
    pub output: Option<Payload>,
    pub failure: Failure,
}

impl Engine {
    /// Joins the nodes of the database and goes on in the background: stands by, takes over, serves.
    pub async fn join(
        store: Store,
        config: EngineConfig,
        border: Arc<dyn Border>,
    ) -> Result<Self, EngineError> {
        let homes = store.homes().await?;
        let catalog = Arc::new(Catalog::new(store.clone()));
        let now = Instant::now();
        let (children, orders) = mpsc::unbounded_channel();
        let (map_runs, asks) = mpsc::unbounded_channel();
        let objects = config.objects.clone();
        let around = Surroundings {
            config: Arc::new(config),
            // Until the first heartbeat has read the database's clock; no lane runs before.
            clock: Arc::new(Clock::new(now, DateTime::UNIX_EPOCH, now)),
            queues: Arc::default(),
            watchers: Arc::default(),
            open: Arc::default(),
            lanes: Lanes::default(),
            border,
            children,
            map_runs,
        };
        let (lanes, leave) = (around.lanes.clone(), CancellationToken::new());
        let starter = Starter { store: store.clone(), around: around.clone(), homes };
        let nursery = Children { starter: starter.clone(), catalog: Arc::clone(&catalog) };
        tokio::spawn(nursery.run(orders, leave.clone()));
        let redriver = Redriver {
            store: store.clone(),
            catalog: Arc::clone(&catalog),
            around: around.clone(),
        };
        let map_runs = MapRuns::new(starter.clone(), redriver.clone(), objects);
        tokio::spawn(map_runs.run(asks, leave.clone()));
        let membership = Membership::new(
            store.clone(),
            Arc::clone(&catalog),
            around.clone(),
            lanes.clone(),
            leave.clone(),
        );
        let readiness = membership.readiness.subscribe();
        tokio::spawn(membership.run());
        let next_session = AtomicU64::new(0);
        let folds = map_runs::Folds::default();
        let inner = Inner {
            store,
            catalog,
            around,
            lanes,
            readiness,
            leave,
            starter,
            redriver,
            next_session,
            folds,
        };
        Ok(Self(Arc::new(inner)))
    }

    pub fn readiness(&self) -> watch::Receiver<Readiness> {
        self.0.readiness.clone()
    }

    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The node's estimate of the database's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.around.clock.now()
    }

    /// Ends the execution as `ABORTED`. One that has ended stays as it is: `ExecutionEnded`.
    pub async fn stop(
        &self,
        id: ExecutionId,
        failure: Failure,
    ) -> Result<DateTime<Utc>, EngineError> {
        let stopped = self.ask(id, |reply| Mail::Stop { id, failure, reply }).await;
        self.explain(id, stopped).await
    }

    /// Waits for the end, at most `wait`; `None`: it still runs.
    pub async fn wait_for_end(
        &self,
        id: ExecutionId,
        wait: Duration,
    ) -> Result<Option<Ended>, EngineError> {
        match tokio::time::timeout(wait, self.ended(id)).await {
            Ok(ended) => ended.map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Changes whenever events of the execution have become durable, and when it ends (`true`). Read the events from the store.
    pub fn subscribe(&self, id: ExecutionId) -> watch::Receiver<bool> {
        self.0.around.watchers.subscribe(id)
    }

    /// Gives the lease up in order: no more triggers are taken, what is in flight is committed.
    pub async fn leave(&self) {
        self.0.leave.cancel();
        let mut readiness = self.readiness();
        // The sender goes with the membership's task; either way it has ended.
        let _ = readiness.wait_for(|readiness| *readiness == Readiness::Stopped).await;
    }

    /// Waits through takeovers and outages: the end is in the history, whoever wrote it.
    async fn ended(&self, id: ExecutionId) -> Result<Ended, EngineError> {
        let mut patience = Patience::default();
        loop {
            match self.ask(id, |reply| Mail::AwaitEnd { id, reply }).await {
                // Not in memory: it has ended, or is being taken over.
                Err(EngineError::UnknownExecution) => {}
                Err(EngineError::Unavailable { .. }) => {
                    tokio::time::sleep(patience.next()).await;
                    continue;
                }
                answer => return answer,
            }
            if let Some(ended) = self.read_end(id).await? {
                return Ok(ended);
            }
            tokio::time::sleep(patience.next()).await;
        }
    }

    async fn read_end(&self, id: ExecutionId) -> Result<Option<Ended>, EngineError> {
        let row = self.0.store.execution(id).await?.ok_or(EngineError::UnknownExecution)?;
        if row.status == ExecutionStatus::Running {
            return Ok(None);
        }
        read_end(&self.0.store, id).await
    }

    /// Posts a caller's mail and waits for the answer.
    async fn ask<T: Send + 'static>(
        &self,
        id: ExecutionId,
        mail: impl FnOnce(Reply<T>) -> Mail,
    ) -> Result<T, EngineError> {
        let (reply, answer) = Reply::channel();
        self.post(id, mail(reply));
        received(answer).await
    }

    fn post(&self, id: ExecutionId, mail: Mail) {
        match self.0.lanes.of(id) {
            Some(lane) => lane.post(mail),
            None => mail.refuse(EngineError::unavailable(self.not_active())),
        }
    }

    fn not_active(&self) -> String {
        match &*self.0.readiness.borrow() {
            Readiness::Joining => "this node is joining".to_owned(),
            Readiness::StandingBy { behind } => format!("this node stands by behind {behind}"),
            Readiness::DatabaseAway { reason, .. } => reason.clone(),
            Readiness::TakingOver | Readiness::Ready => "this node is changing over".to_owned(),
            Readiness::Stopped => "this node is stopping".to_owned(),
        }
    }

    /// An execution that is not in memory has ended, never was, or is being taken over.
    async fn explain<T>(
        &self,
        id: ExecutionId,
        result: Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let Err(EngineError::UnknownExecution) = result else { return result };
        let row = self.0.store.execution(id).await?.ok_or(EngineError::UnknownExecution)?;
        if row.status == ExecutionStatus::Running {
            return Err(EngineError::unavailable("the execution is being taken over"));
        }
        Err(EngineError::ExecutionEnded)
    }
}
