//! Namespaces and state machines as the hot path needs them: parsed once, kept in memory, so that a start reads nothing.

mod qualified;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use asl::StateMachine;
use execution::ExecutionId;
use execution::express::Keeps;
use store::{
    Limits, MachineId, MachineStatus, MachineType, NamespaceId, Revision, RevisionId, Store,
};

use crate::error::EngineError;

pub use qualified::Qualifier;
use qualified::Routes;

/// Parsed definitions kept; beyond it all are dropped and parsed again as they are needed.
const DEFINITIONS_MAX: usize = 10_000;

/// A namespace and its settings. AWS's defaults hold where nothing was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    pub id: NamespaceId,
    pub name: String,
    pub partition: String,
    pub region: String,
    pub account: String,
    /// Seconds.
    pub task_timeout_seconds: u64,
    /// Bytes of UTF-8.
    pub payload_bytes_max: u64,
    pub limits: Limits,
}

/// A state machine at one revision.
#[derive(Debug, Clone)]
pub struct Machine {
    pub id: MachineId,
    pub revision: RevisionId,
    pub namespace: Arc<Namespace>,
    pub name: String,
    pub role_arn: String,
    pub definition: Arc<StateMachine>,
    /// Of an Express machine: what the histories of its executions hold.
    pub express: Option<Keeps>,
    /// The version that the revision is started as; `None`: it is the newest revision.
    pub version: Option<i64>,
    /// The alias that chose the version.
    pub alias: Option<Arc<str>>,
}

/// Whoever changes a machine or a namespace calls `forget_*` after the change is durable.
#[derive(Debug)]
pub struct Catalog {
    store: Store,
    namespaces: RwLock<HashMap<String, Arc<Namespace>>>,
    machines: RwLock<HashMap<(NamespaceId, String), Arc<Machine>>>,
    /// What versions and aliases of a machine start.
    qualified: RwLock<HashMap<(NamespaceId, String, Qualifier), Arc<Routes>>>,
    definitions: RwLock<HashMap<RevisionId, Arc<StateMachine>>>,
    /// Raised whenever something is forgotten: what was read before must not be kept after.
    forgotten: AtomicU64,
}

/// A database has few; the first page holds them all.
const NAMESPACES_A_READ: u32 = 1000;

const UNPOISONED: &str = "no holder of the catalog panics";

impl Catalog {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            namespaces: RwLock::default(),
            machines: RwLock::default(),
            qualified: RwLock::default(),
            definitions: RwLock::default(),
            forgotten: AtomicU64::new(0),
        }
    }

    /// `None`: no such namespace.
    pub async fn namespace(&self, name: &str) -> Result<Option<Arc<Namespace>>, EngineError> {
        if let Some(namespace) = self.namespaces.read().expect(UNPOISONED).get(name) {
            return Ok(Some(Arc::clone(namespace)));
        }
        let forgotten = self.forgotten.load(Ordering::Acquire);
        let Some(row) = self.store.namespace(name).await? else { return Ok(None) };
        let namespace = Arc::new(Namespace {
            id: row.id,
            name: row.name,
            partition: row.settings.partition,
            region: row.settings.region,
            account: row.settings.account,
            task_timeout_seconds: row.settings.task_timeout_seconds.unsigned_abs(),
            payload_bytes_max: row.settings.payload_bytes_max.unsigned_abs(),
            limits: row.settings.limits,
        });
        let mut namespaces = self.namespaces.write().expect(UNPOISONED);
        if forgotten == self.forgotten.load(Ordering::Acquire) {
            namespaces.insert(name.to_owned(), Arc::clone(&namespace));
        }
        Ok(Some(namespace))
    }

    /// Of an execution that runs: namespaces are never deleted.
    pub(crate) async fn namespace_by_id(
        &self,
        id: NamespaceId,
    ) -> Result<Arc<Namespace>, EngineError> {
        let kept =
            self.namespaces.read().expect(UNPOISONED).values().find(|it| it.id == id).cloned();
        if let Some(namespace) = kept {
            return Ok(namespace);
        }
        let mut after = None;
        loop {
            let page = self.store.namespaces(after.as_deref(), NAMESPACES_A_READ).await?;
            let found = page.iter().find(|row| row.id == id).map(|row| row.name.clone());
            after = page.last().map(|row| row.name.clone());
            let name = match (found, &after) {
                (Some(name), _) => name,
                (None, Some(_)) => continue,
                (None, None) => {
                    let reason = format!("namespace {id} of an execution is missing");
                    return Err(EngineError::Refused { reason });
                }
            };
            if let Some(namespace) = self.namespace(&name).await? {
                return Ok(namespace);
            }
        }
    }

    /// `None`: no such machine, or it is being deleted.
    pub async fn machine(
        &self,
        namespace: &Arc<Namespace>,
        name: &str,
    ) -> Result<Option<Arc<Machine>>, EngineError> {
        let key = (namespace.id, name.to_owned());
        if let Some(machine) = self.machines.read().expect(UNPOISONED).get(&key) {
            return Ok(Some(Arc::clone(machine)));
        }
        let forgotten = self.forgotten.load(Ordering::Acquire);
        let row = self.store.machine_by_name(namespace.id, name).await?;
        let Some(row) = row.filter(|row| row.status == MachineStatus::Active) else {
            return Ok(None);
        };
        let definition = self.parsed(row.revision.id, &row.revision.definition)?;
        let machine = Arc::new(Machine {
            id: row.id,
            revision: row.revision.id,
            namespace: Arc::clone(namespace),
            name: row.name,
            express: express(row.machine_type, &row.revision),
            role_arn: row.revision.role_arn,
            definition,
            version: None,
            alias: None,
        });
        let mut machines = self.machines.write().expect(UNPOISONED);
        if forgotten == self.forgotten.load(Ordering::Acquire) {
            machines.insert(key, Arc::clone(&machine));
        }
        Ok(Some(machine))
    }

    /// Its versions and aliases, too.
    pub fn forget_machine(&self, namespace: NamespaceId, name: &str) {
        let mut machines = self.machines.write().expect(UNPOISONED);
        let mut qualified = self.qualified.write().expect(UNPOISONED);
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        qualified.retain(|(of, machine, _), _| *of != namespace || machine != name);
        machines.remove(&(namespace, name.to_owned()));
    }

    /// Its machines are forgotten, too: they carry its settings.
    pub fn forget_namespace(&self, name: &str) {
        let mut namespaces = self.namespaces.write().expect(UNPOISONED);
        let mut machines = self.machines.write().expect(UNPOISONED);
        let mut qualified = self.qualified.write().expect(UNPOISONED);
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        qualified.clear();
        namespaces.remove(name);
        machines.retain(|_, machine| machine.namespace.name != name);
    }

    /// Another node may have changed what this one has kept since it was last active.
    pub(crate) fn forget_all(&self) {
        let mut namespaces = self.namespaces.write().expect(UNPOISONED);
        let mut machines = self.machines.write().expect(UNPOISONED);
        let mut qualified = self.qualified.write().expect(UNPOISONED);
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        qualified.clear();
        namespaces.clear();
        machines.clear();
    }

    /// The machine of an execution, as it was when the execution began; what the children of its map runs are started with.
    pub(crate) async fn machine_of(&self, id: ExecutionId) -> Result<Arc<Machine>, EngineError> {
        let row = self.store.execution(id).await?.ok_or(EngineError::UnknownExecution)?;
        let revision = self.store.revision(row.revision).await?;
        let revision = revision.ok_or_else(|| EngineError::Refused {
            reason: format!("revision {} of a definition is missing", row.revision),
        })?;
        Ok(Arc::new(Machine {
            id: row.machine,
            revision: row.revision,
            namespace: self.namespace_by_id(row.namespace).await?,
            name: row.machine_name,
            express: express(row.machine_type, &revision),
            role_arn: revision.role_arn,
            definition: self.parsed(row.revision, &revision.definition)?,
            version: None,
            alias: None,
        }))
    }

    /// The definition that an execution began with.
    pub(crate) async fn definition(
        &self,
        revision: RevisionId,
    ) -> Result<Arc<StateMachine>, EngineError> {
        if let Some(definition) = self.definitions.read().expect(UNPOISONED).get(&revision) {
            return Ok(Arc::clone(definition));
        }
        let row = self.store.revision(revision).await?.ok_or_else(|| EngineError::Refused {
            reason: format!("revision {revision} of a definition is missing"),
        })?;
        self.parsed(revision, &row.definition)
    }

    /// A revision's definition, checked once however often it is asked for.
    pub fn checked(&self, revision: &Revision) -> Result<Arc<StateMachine>, EngineError> {
        self.parsed(revision.id, &revision.definition)
    }

    fn parsed(&self, revision: RevisionId, text: &str) -> Result<Arc<StateMachine>, EngineError> {
        if let Some(definition) = self.definitions.read().expect(UNPOISONED).get(&revision) {
            return Ok(Arc::clone(definition));
        }
        // It was checked when it was created; this version of Everstep may check more.
        let machine = StateMachine::parse(text).map_err(|faults| EngineError::Refused {
            reason: format!(
                "the stored definition is refused by this version of Everstep: {}",
                faults.first().map(|fault| fault.message.clone()).unwrap_or_default()
            ),
        })?;
        let machine = Arc::new(machine);
        let mut definitions = self.definitions.write().expect(UNPOISONED);
        if definitions.len() >= DEFINITIONS_MAX {
            definitions.clear();
        }
        definitions.insert(revision, Arc::clone(&machine));
        Ok(machine)
    }
}

fn express(machine_type: MachineType, revision: &Revision) -> Option<Keeps> {
    match machine_type {
        MachineType::Standard => None,
        MachineType::Express => Some(Keeps::by_logging(&revision.configuration.logging)),
    }
}
