//! Reads of executions: one by id or name, many by machine, status and time.

use chrono::{DateTime, Utc};
use execution::ExecutionId;

use crate::error::StoreError;
use crate::id::{MachineId, NamespaceId, RevisionId};
use crate::store::Store;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionStatus {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    pub id: ExecutionId,
    pub namespace: NamespaceId,
    pub machine: MachineId,
    pub machine_name: String,
    pub revision: RevisionId,
    /// As the caller chose it, else the id's text.
    pub name: String,
    /// Of a chosen name: what the input hashed to.
    pub input_hash: Option<[u8; 32]>,
    pub status: ExecutionStatus,
    /// The node that has it resident; absent once it has ended.
    pub owner: Option<crate::id::NodeId>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// Which executions a list shows, newest first.
#[derive(Debug, Clone)]
pub struct ExecutionFilter {
    pub namespace: NamespaceId,
    pub machine: Option<MachineId>,
    pub status: Option<ExecutionStatus>,
    /// Inclusive.
    pub started_from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub started_before: Option<DateTime<Utc>>,
}

/// One page: at most `rows_max` rows older than the last row of the page before.
#[derive(Debug, Clone, Copy)]
pub struct ExecutionPage {
    pub after: Option<ExecutionId>,
    pub rows_max: u32,
}

impl Store {
    pub async fn execution(&self, id: ExecutionId) -> Result<Option<ExecutionRow>, StoreError> {
        todo!()
    }

    /// By the name in its ARN: a chosen one, or the id of an execution that chose none.
    pub async fn execution_by_name(
        &self,
        machine: MachineId,
        name: &str,
    ) -> Result<Option<ExecutionRow>, StoreError> {
        todo!()
    }

    /// Newest first.
    pub async fn executions(
        &self,
        filter: &ExecutionFilter,
        page: ExecutionPage,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        todo!()
    }
}
