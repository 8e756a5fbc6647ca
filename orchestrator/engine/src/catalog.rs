//! Namespaces and state machines as the hot path needs them: parsed once, kept in memory, so that a start reads nothing.

use std::sync::Arc;

use asl::StateMachine;

use crate::error::EngineError;

/// A namespace and its settings. AWS's defaults hold where nothing was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    pub id: i32,
    pub name: String,
    pub partition: String,
    pub region: String,
    pub account: String,
    /// Seconds.
    pub task_timeout_seconds: u64,
    /// Bytes of UTF-8.
    pub payload_bytes_max: u64,
}

/// A state machine at its current revision.
#[derive(Debug)]
pub struct Machine {
    pub id: uuid::Uuid,
    pub revision: uuid::Uuid,
    pub namespace: Arc<Namespace>,
    pub name: String,
    pub role_arn: String,
    pub definition: Arc<StateMachine>,
}

/// Whoever changes a machine or a namespace calls `forget_*` after the change is durable.
#[derive(Debug)]
pub struct Catalog {}

impl Catalog {
    /// `None`: no such namespace.
    pub async fn namespace(&self, name: &str) -> Result<Option<Arc<Namespace>>, EngineError> {
        todo!()
    }
    /// `None`: no such machine, or it is being deleted.
    pub async fn machine(
        &self,
        namespace: &Arc<Namespace>,
        name: &str,
    ) -> Result<Option<Arc<Machine>>, EngineError> {
        todo!()
    }
    pub fn forget_machine(&self, namespace: i32, name: &str) {
        todo!()
    }
    pub fn forget_namespace(&self, name: &str) {
        todo!()
    }
}
