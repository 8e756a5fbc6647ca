//! Map runs: their children started, their items read, their results written, each after the commit that holds the intent. A takeover
//! asks for all of it again; ids of children and the numbers of items make that harmless.

mod desk;
mod reader;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use asl::Payload;
use chrono::{DateTime, Utc};
use execution::event::MapRunStarted;
use execution::map_run::{MapRun, OpenChild};
use execution::{ExecutionId, WaitId};
use objects::Objects;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::redriver::Redriver;
use crate::starter::Starter;
use desk::Desk;

/// Starts of children under way, of all runs: enough to fill the lanes' batches, few enough to leave callers room in their mailboxes.
const STARTS_UNDER_WAY_MAX: usize = 1024;

/// What a run asks for.
#[derive(Debug)]
pub(crate) struct MapRunOrder {
    pub(crate) run: RunRef,
    pub(crate) ask: Ask,
}

/// Which run, and what it was started with.
#[derive(Debug, Clone)]
pub(crate) struct RunRef {
    pub(crate) parent: ExecutionId,
    pub(crate) parent_arn: Arc<str>,
    pub(crate) wait: WaitId,
    pub(crate) started: Arc<MapRunStarted>,
    pub(crate) documents: Payload,
}

#[derive(Debug)]
pub(crate) enum Ask {
    Child(ChildAsk),
    Items {
        from: u64,
    },
    Results,
    /// Nothing more.
    End,
}

#[derive(Debug)]
pub(crate) struct ChildAsk {
    pub(crate) number: u64,
    pub(crate) items: u64,
    pub(crate) input: Payload,
    pub(crate) started_at: DateTime<Utc>,
    /// It may have been started before: by a node that is gone, or before a commit in doubt.
    pub(crate) repeated: bool,
    /// How often it is to have been redriven.
    pub(crate) redrives: u64,
}

impl RunRef {
    pub(crate) fn new(parent: ExecutionId, parent_arn: &Arc<str>, run: &MapRun) -> Self {
        Self {
            parent,
            parent_arn: Arc::clone(parent_arn),
            wait: run.wait,
            started: Arc::clone(&run.started),
            documents: run.documents.clone(),
        }
    }
}

impl ChildAsk {
    pub(crate) fn new(number: u64, child: &OpenChild, repeated: bool) -> Self {
        let OpenChild { items, input, started_at, redrives, .. } = child;
        let (input, started_at, redrives) = (input.clone(), *started_at, *redrives);
        Self { number, items: *items, input, started_at, repeated, redrives }
    }
}

#[derive(Debug)]
pub(crate) struct MapRuns {
    pub(crate) starter: Starter,
    pub(crate) redriver: Redriver,
    pub(crate) objects: Objects,
    pub(crate) starts: Arc<Semaphore>,
}

/// A desk that works.
#[derive(Debug)]
struct Open {
    asks: mpsc::UnboundedSender<Ask>,
    _end: DropGuard,
}

impl MapRuns {
    pub(crate) fn new(starter: Starter, redriver: Redriver, objects: Objects) -> Self {
        Self { starter, redriver, objects, starts: Arc::new(Semaphore::new(STARTS_UNDER_WAY_MAX)) }
    }

    /// Until the node leaves. Each run has a desk of its own, so that a slow one holds up no other.
    pub(crate) async fn run(
        self,
        mut orders: mpsc::UnboundedReceiver<MapRunOrder>,
        leave: CancellationToken,
    ) {
        let map_runs = Arc::new(self);
        let mut desks: HashMap<(ExecutionId, WaitId), Open> = HashMap::new();
        while let Some(Some(MapRunOrder { run, ask })) =
            leave.run_until_cancelled(orders.recv()).await
        {
            let key = (run.parent, run.wait);
            if matches!(ask, Ask::End) {
                desks.remove(&key);
                continue;
            }
            let desk = desks.entry(key).or_insert_with(|| {
                let (sender, asks) = mpsc::unbounded_channel();
                let ended = CancellationToken::new();
                tokio::spawn(Desk::new(Arc::clone(&map_runs), run).run(asks, ended.clone()));
                Open { asks: sender, _end: ended.drop_guard() }
            });
            // A desk ends when it is dropped here, not before.
            let _ = desk.asks.send(ask);
        }
    }
}
