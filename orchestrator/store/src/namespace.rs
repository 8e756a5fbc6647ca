//! Namespaces: separate names and settings in one database. `default` is there from the first migration.

use chrono::{DateTime, Utc};

use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::error::StoreError;
use crate::id::NamespaceId;
use crate::limits::Limits;
use crate::sql::sql;
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
    pub limits: Limits,
}

impl Default for NamespaceSettings {
    fn default() -> Self {
        Self {
            partition: "aws".to_owned(),
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            task_timeout_seconds: 99_999_999,
            payload_bytes_max: 262_144,
            limits: Limits::default(),
        }
    }
}

impl Store {
    pub async fn create_namespace(
        &self,
        name: &str,
        settings: &NamespaceSettings,
    ) -> Result<Creation<Namespace>, StoreError> {
        let create = self.write_namespace(sql!("namespace/create.sql"), name, settings);
        if let Some(created) = create.await? {
            return Ok(Creation::Created(created));
        }
        let standing = self.namespace(name).await?.expect("namespaces are never deleted");
        let same = standing.settings == *settings;
        Ok(Creation::stands(standing, same))
    }

    /// None: no such namespace.
    pub async fn update_namespace(
        &self,
        name: &str,
        settings: &NamespaceSettings,
    ) -> Result<Option<Namespace>, StoreError> {
        self.write_namespace(sql!("namespace/update.sql"), name, settings).await
    }

    pub async fn namespace(&self, name: &str) -> Result<Option<Namespace>, StoreError> {
        let read = sqlx::query(sql!("namespace/get.sql")).bind(name).fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(namespace))
    }

    /// By name, from the first after `after`.
    pub async fn namespaces(
        &self,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Namespace>, StoreError> {
        let read = sqlx::query(sql!("namespace/list.sql"))
            .bind(after.unwrap_or_default())
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(namespace).collect())
    }

    async fn write_namespace(
        &self,
        statement: &'static str,
        name: &str,
        settings: &NamespaceSettings,
    ) -> Result<Option<Namespace>, StoreError> {
        let write = sqlx::query(statement)
            .bind(name)
            .bind(&settings.partition)
            .bind(&settings.region)
            .bind(&settings.account)
            .bind(settings.task_timeout_seconds)
            .bind(settings.payload_bytes_max);
        let write = settings.limits.bind(write).fetch_optional(&self.pool);
        Ok(self.answer(write).await?.as_ref().map(namespace))
    }
}

fn namespace(row: &PgRow) -> Namespace {
    Namespace {
        id: row.get("id"),
        name: row.get("name"),
        settings: NamespaceSettings {
            partition: row.get("partition"),
            region: row.get("region"),
            account: row.get("account"),
            task_timeout_seconds: row.get("task_timeout_seconds"),
            payload_bytes_max: row.get("payload_bytes_max"),
            limits: Limits::read(row),
        },
        created_at: row.get("created_at"),
    }
}
