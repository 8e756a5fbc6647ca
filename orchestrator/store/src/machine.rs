//! State machines: a name, and revisions of its definition that never change.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::StoreError;
use crate::id::{MachineId, NamespaceId, RevisionId};
use crate::store::{Creation, Store};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineType {
    Standard,
    Express,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineStatus {
    Active,
    /// Takes no new executions; gone once none runs.
    Deleting,
}

/// AWS's logging, tracing and encryption configurations as JSON text: kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Configuration {
    pub logging: String,
    pub tracing: String,
    pub encryption: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMachine {
    pub namespace: NamespaceId,
    pub name: String,
    pub machine_type: MachineType,
    pub definition: String,
    pub role_arn: String,
    pub configuration: Configuration,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct MachineChange {
    pub definition: Option<String>,
    pub role_arn: Option<String>,
    pub configuration: Option<Configuration>,
}

/// A machine and its newest revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    pub id: MachineId,
    pub namespace: NamespaceId,
    pub name: String,
    pub machine_type: MachineType,
    pub status: MachineStatus,
    pub created_at: DateTime<Utc>,
    /// When the newest revision was made; the creation's time before the first update.
    pub updated_at: DateTime<Utc>,
    pub revision: Revision,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub id: RevisionId,
    pub machine: MachineId,
    /// 1 for the one that the machine was created with.
    pub number: i64,
    /// AWS's `revisionId`.
    pub public_id: Uuid,
    pub definition: String,
    pub role_arn: String,
    pub configuration: Configuration,
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// `Same`: a machine of that name, definition, role and type stands. `Differs`: one of that name and something else.
    pub async fn create_machine(&self, new: &NewMachine) -> Result<Creation<Machine>, StoreError> {
        todo!()
    }

    /// A new revision with the change; the machine's row names it from now on. None: no such machine that is active.
    pub async fn update_machine(
        &self,
        id: MachineId,
        change: &MachineChange,
    ) -> Result<Option<Machine>, StoreError> {
        todo!()
    }

    pub async fn machine(&self, id: MachineId) -> Result<Option<Machine>, StoreError> {
        todo!()
    }

    pub async fn machine_by_name(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<Option<Machine>, StoreError> {
        todo!()
    }

    /// By name, from the first after `after`.
    pub async fn machines(
        &self,
        namespace: NamespaceId,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Machine>, StoreError> {
        todo!()
    }

    /// Takes no new executions from now on; gone at once if none runs, else by [`Store::sweep_machines`]. False: no such machine.
    pub async fn delete_machine(&self, id: MachineId) -> Result<bool, StoreError> {
        todo!()
    }

    /// Ends the deletion of machines whose last execution has ended. Says how many.
    pub async fn sweep_machines(&self) -> Result<u64, StoreError> {
        todo!()
    }

    /// Stays readable after its machine is gone: executions that ran on it can still be shown.
    pub async fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StoreError> {
        todo!()
    }
}
