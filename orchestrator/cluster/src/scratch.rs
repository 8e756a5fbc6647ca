//! A cluster for tests: one per process, without fsync, in a temporary folder that goes with the process;
//! each test has a database of its own, copied from a template that was migrated once.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::cluster::{Cluster, ClusterOptions, Durability};
use crate::error::ClusterError;

#[derive(Debug)]
pub struct ScratchCluster {
    cluster: Cluster,
    databases: AtomicU64,
    /// Each name's set-up runs once; others wait for it.
    templates: Mutex<BTreeSet<&'static str>>,
}

impl ScratchCluster {
    /// The one of this process, started at the first call. A failure is a broken machine, not a broken test.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<ScratchCluster> = OnceLock::new();
        SHARED.get_or_init(|| match Self::start() {
            Ok(scratch) => scratch,
            Err(error) => panic!("no PostgreSQL for the tests: {error}"),
        })
    }

    /// One of its own, for a test that stops or breaks it. Removed when it is dropped.
    pub fn start() -> Result<Self, ClusterError> {
        let settings =
            [("max_connections", "400"), ("shared_buffers", "64MB"), ("log_statement", "none")];
        let options = ClusterOptions {
            data_dir: fresh_folder(),
            durability: Durability::Scratch,
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            binaries: None,
        };
        let cluster = Cluster::start_in(options, true)?;
        Ok(Self { cluster, databases: AtomicU64::new(0), templates: Mutex::default() })
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    pub fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// The URL of an empty database that nobody else uses.
    pub fn database(&self) -> String {
        self.copy_of("template0")
    }

    /// The URL of a fresh copy of the template `name`. `set_up` gets the template's URL the first time; it must
    /// have closed its connections when it returns.
    pub fn database_like(&self, name: &'static str, set_up: impl FnOnce(&str)) -> String {
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        if !templates.contains(name) {
            self.cluster.create_database(name).expect("a scratch cluster makes databases");
            set_up(&self.cluster.database_url(name));
            templates.insert(name);
        }
        // Under the lock: two copies of one template at once get in each other's way.
        self.copy_of(name)
    }

    fn copy_of(&self, template: &str) -> String {
        let name = format!("scratch_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.cluster
            .execute("postgres", &format!("create database {name} template {template}"))
            .expect("a scratch cluster makes databases");
        self.cluster.database_url(&name)
    }
}

fn fresh_folder() -> PathBuf {
    static FOLDERS: AtomicU64 = AtomicU64::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
    let since_1970 =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    // The time keeps apart two processes that had the same id.
    let name =
        format!("everstep-scratch-{}-{number}-{}", std::process::id(), since_1970.as_nanos());
    std::env::temp_dir().join(name)
}
