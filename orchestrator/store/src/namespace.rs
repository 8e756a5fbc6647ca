//! Namespaces: separate names and settings in one database. `default` is there from the first migration.

use chrono::{DateTime, Utc};

use crate::error::StoreError;
use crate::id::NamespaceId;
use crate::store::{Creation, Store};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    pub id: NamespaceId,
    pub name: String,
    pub settings: NamespaceSettings,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceSettings {
    pub partition: String,
    pub region: String,
    pub account: String,
    /// Of a Task without `TimeoutSeconds`.
    pub task_timeout_seconds: i64,
    pub payload_bytes_max: i64,
}

impl Default for NamespaceSettings {
    fn default() -> Self {
        Self {
            partition: "aws".to_owned(),
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            task_timeout_seconds: 99_999_999,
            payload_bytes_max: 262_144,
        }
    }
}

impl Store {
    pub async fn create_namespace(
        &self,
        name: &str,
        settings: &NamespaceSettings,
    ) -> Result<Creation<Namespace>, StoreError> {
        todo!()
    }

    /// None: no such namespace.
    pub async fn update_namespace(
        &self,
        name: &str,
        settings: &NamespaceSettings,
    ) -> Result<Option<Namespace>, StoreError> {
        todo!()
    }

    pub async fn namespace(&self, name: &str) -> Result<Option<Namespace>, StoreError> {
        todo!()
    }

    /// By name, from the first after `after`.
    pub async fn namespaces(
        &self,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Namespace>, StoreError> {
        todo!()
    }
}
