//! A durable PostgreSQL of a test's own, that it may stop at any moment.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cluster::{Cluster, ClusterOptions, StopMode};

/// Cheap to clone; the folder goes with the last clone.
#[derive(Debug, Clone)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cluster: Mutex<Cluster>,
    folder: PathBuf,
}

impl Database {
    pub fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("everstep-{name}-{}", std::process::id()));
        let cluster = Cluster::start(ClusterOptions::durable(&folder));
        let cluster =
            cluster.unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
        let database = Self(Arc::new(Inner { cluster: Mutex::new(cluster), folder }));
        database.lock().create_database("everstep").expect("a fresh cluster has room");
        database.lock().create_database("ledger").expect("a fresh cluster has room");
        database
    }

    pub fn url(&self) -> String {
        self.lock().database_url("everstep")
    }

    pub fn ledger_url(&self) -> String {
        self.lock().database_url("ledger")
    }

    /// As a crash would, and up again.
    pub fn crash(&self) {
        let mut cluster = self.lock();
        cluster.stop(StopMode::Immediate).expect("PostgreSQL stops");
        cluster.restart().expect("PostgreSQL recovers");
    }

    pub fn stop(&self) {
        self.lock().stop(StopMode::Immediate).expect("PostgreSQL stops");
    }

    pub fn restart(&self) {
        self.lock().restart().expect("PostgreSQL recovers");
    }

    fn lock(&self) -> MutexGuard<'_, Cluster> {
        self.0.cluster.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let cluster = self.cluster.get_mut().unwrap_or_else(PoisonError::into_inner);
        // The test has ended; what is left of the folder is the system's to clean.
        let _ = cluster.stop(StopMode::Immediate);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
