//! The storm: what is killed, and when. Two server kills are aimed: one at a running attempt, one at a retry's wait.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use everstep_proto::v1::HistoryEvent;
use everstep_proto::v1::open_branch::WaitsFor;
use everstep_tests::{Chance, Client, Database, Process, Server};

use crate::orders::{QUEUES, worker};
use crate::verdict::last_queue;

const SERVER_KILLS: usize = 10;
const WORKER_KILLS: usize = 6;
const CRASHES: usize = 2;

/// Orders whose stock does not answer: they run long, time out and wait for retries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Targets(Arc<Mutex<Vec<String>>>);

pub(crate) struct Storm {
    pub(crate) chance: Chance,
    pub(crate) database: Database,
    pub(crate) server: Server,
    pub(crate) workers: [Process; QUEUES.len()],
    pub(crate) logs: PathBuf,
    pub(crate) targets: Targets,
    pub(crate) struck: Vec<Struck>,
}

/// An execution at a moment that a kill was aimed at, and its history just before.
pub(crate) struct Struck {
    strike: Strike,
    execution: String,
    before: Vec<HistoryEvent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strike {
    Server,
    /// A moment at which an attempt runs, or a retry waits.
    ServerInAttempt,
    ServerInRetry,
    Worker,
    Crash,
}

impl Targets {
    pub(crate) fn add(&self, execution: &str) {
        self.lock().push(execution.to_owned());
    }

    fn all(&self) -> Vec<String> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storm {
    pub(crate) async fn rage(mut self, client: &Client) -> Self {
        let mut strikes = vec![Strike::ServerInAttempt, Strike::ServerInRetry];
        strikes.extend([Strike::Server; SERVER_KILLS - 2]);
        strikes.extend([Strike::Worker; WORKER_KILLS]);
        strikes.extend([Strike::Crash; CRASHES]);
        self.chance.shuffle(&mut strikes);
        for strike in strikes {
            tokio::time::sleep(self.chance.millis(300, 3_000)).await;
            eprintln!("strike: {strike:?}");
            self.strike(strike, client).await;
        }
        self
    }

    /// The storm is over: what it started must still run.
    pub(crate) fn report(mut self) {
        self.server.process.must_run();
        for worker in &mut self.workers {
            worker.must_run();
        }
        eprintln!(
            "{SERVER_KILLS} server kills, {WORKER_KILLS} worker kills, {CRASHES} crashes of PostgreSQL"
        );
    }

    async fn strike(&mut self, strike: Strike, client: &Client) {
        match strike {
            Strike::Server => self.kill_server(),
            Strike::ServerInAttempt | Strike::ServerInRetry => {
                let struck = self.await_moment(client, strike).await;
                self.kill_server();
                self.struck.push(struck);
            }
            Strike::Worker => {
                let index = usize::try_from(self.chance.below(QUEUES.len() as u64))
                    .expect("it is an index");
                self.workers[index].kill();
                let address = self.server.address();
                self.workers[index] = worker(QUEUES[index], &address, &self.database, &self.logs);
            }
            Strike::Crash => {
                let database = self.database.clone();
                let crashed = tokio::task::spawn_blocking(move || database.crash());
                crashed.await.expect("PostgreSQL comes back");
            }
        }
    }

    fn kill_server(&mut self) {
        self.server.process.kill();
        self.server.start_again();
    }

    /// Until some order's open branch is at the moment; the answer is at most two round trips old when the kill falls.
    async fn await_moment(&self, client: &Client, strike: Strike) -> Struck {
        let until = Instant::now() + Duration::from_mins(1);
        while Instant::now() < until {
            if let Some(struck) = self.find_moment(client, strike).await {
                return struck;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no order was ever at the moment to strike");
    }

    async fn find_moment(&self, client: &Client, strike: Strike) -> Option<Struck> {
        for execution in self.targets.all() {
            let before = client.history(&execution).await.expect("it has a history");
            if is_at(strike, &before) && is_open_at(strike, client, &execution).await {
                return Some(Struck { strike, execution, before });
            }
        }
        None
    }

    /// What stood in a history before a kill stands there still, and the next attempt follows it.
    pub(crate) fn check_struck(
        &self,
        histories: &BTreeMap<String, Vec<HistoryEvent>>,
    ) -> Vec<String> {
        let fault = |Struck { strike, execution, before }: &Struck| {
            let after = histories[execution].strip_prefix(before.as_slice()).unwrap_or_default();
            let next = after.first().map(|event| event.r#type.as_str());
            let goes_on = match strike {
                Strike::ServerInRetry => next == Some("ActivityScheduled"),
                Strike::Server | Strike::ServerInAttempt | Strike::Worker | Strike::Crash => {
                    matches!(next, Some("ActivityTimedOut" | "ActivitySucceeded"))
                }
            };
            (!goes_on).then(|| format!("{execution}: {next:?} follows where {strike:?} fell"))
        };
        self.struck.iter().filter_map(fault).collect()
    }
}

/// In an attempt of Inventory, or in the wait before another.
fn is_at(strike: Strike, history: &[HistoryEvent]) -> bool {
    let last = history.last().map(|event| event.r#type.as_str());
    let moment =
        if strike == Strike::ServerInRetry { "ActivityTimedOut" } else { "ActivityStarted" };
    last == Some(moment) && last_queue(history) == Some("inventory")
}

async fn is_open_at(strike: Strike, client: &Client, execution: &str) -> bool {
    let described = client.describe(execution).await.expect("it is there");
    let mut waits = described.open_branches.iter().filter_map(|branch| branch.waits_for.as_ref());
    waits.any(|waits| match waits {
        WaitsFor::Task(task) => strike == Strike::ServerInAttempt && task.started_at.is_some(),
        WaitsFor::Retry(_) => strike == Strike::ServerInRetry,
        WaitsFor::Timer(_)
        | WaitsFor::Quarantine(_)
        | WaitsFor::Join(_)
        | WaitsFor::Callback(_)
        | WaitsFor::Child(_)
        | WaitsFor::InMemory(_) => false,
    })
}
