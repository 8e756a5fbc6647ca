//! The storm: what is killed, and when. Two server kills are aimed: one at a running attempt, one at a retry's wait.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use everstep_proto::v1::open_branch::WaitsFor;
use everstep_tests::{Chance, Client, Database, Process, Server};

use crate::orders::{QUEUES, worker};

const SERVER_KILLS: usize = 10;
const WORKER_KILLS: usize = 6;
const CRASHES: usize = 2;

/// Orders whose stock never answers: they run long, time out and wait for retries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Targets(Arc<Mutex<Vec<String>>>);

pub(crate) struct Storm {
    pub(crate) chance: Chance,
    pub(crate) database: Database,
    pub(crate) server: Server,
    pub(crate) workers: [Process; QUEUES.len()],
    pub(crate) logs: PathBuf,
    pub(crate) targets: Targets,
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
            Strike::ServerInAttempt => {
                self.await_moment(
                    client,
                    |waits| matches!(waits, WaitsFor::Task(task) if task.started_at.is_some()),
                )
                .await;
                self.kill_server();
            }
            Strike::ServerInRetry => {
                self.await_moment(client, |waits| matches!(waits, WaitsFor::Retry(_))).await;
                self.kill_server();
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

    /// Until some order's open branch is at the moment; the answer is at most a round trip old when the kill falls.
    async fn await_moment(&self, client: &Client, is_it: impl Fn(&WaitsFor) -> bool) {
        let until = Instant::now() + Duration::from_mins(1);
        while Instant::now() < until {
            if self.any_target(client, &is_it).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no order was ever at the moment to strike");
    }

    async fn any_target(&self, client: &Client, is_it: &impl Fn(&WaitsFor) -> bool) -> bool {
        for target in self.targets.all() {
            let described = client.describe(&target).await;
            let branches = described.map(|execution| execution.open_branches).unwrap_or_default();
            if branches.iter().filter_map(|branch| branch.waits_for.as_ref()).any(is_it) {
                return true;
            }
        }
        false
    }
}
