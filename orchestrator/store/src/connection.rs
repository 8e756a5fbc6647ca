//! Named connections of a namespace. What is sealed here is opened by the floor that has the key.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::error::StoreError;
use crate::id::NamespaceId;
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub namespace: NamespaceId,
    pub name: String,
    pub public_id: Uuid,
    pub description: String,
    pub parameters: ConnectionParameters,
    /// 1 at first, raised by each update.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Always written together: what is shown describes what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionParameters {
    pub authorization_type: String,
    pub shown: String,
    pub sealed: Vec<u8>,
}

/// `public_id` is drawn by the caller, for the seal is bound to it.
#[derive(Debug, Clone)]
pub struct NewConnection {
    pub namespace: NamespaceId,
    pub name: String,
    pub public_id: Uuid,
    pub description: String,
    pub parameters: ConnectionParameters,
}

/// Absent fields stay as they are. `public_id`: of the connection that the caller has read.
#[derive(Debug, Clone)]
pub struct ConnectionChange {
    pub namespace: NamespaceId,
    pub name: String,
    pub public_id: Uuid,
    pub description: Option<String>,
    pub parameters: Option<ConnectionParameters>,
}

impl Store {
    /// None: the name is taken.
    pub async fn create_connection(
        &self,
        new: &NewConnection,
    ) -> Result<Option<Connection>, StoreError> {
        let create = sqlx::query(sql!("connection/create.sql"))
            .bind(new.namespace)
            .bind(&new.name)
            .bind(new.public_id)
            .bind(&new.description)
            .bind(&new.parameters.authorization_type)
            .bind(&new.parameters.shown)
            .bind(&new.parameters.sealed)
            .fetch_optional(&self.pool);
        Ok(self.answer(create).await?.as_ref().map(connection))
    }

    /// None: no such connection any more.
    pub async fn update_connection(
        &self,
        change: &ConnectionChange,
    ) -> Result<Option<Connection>, StoreError> {
        let parameters = change.parameters.as_ref();
        let update = sqlx::query(sql!("connection/update.sql"))
            .bind(change.namespace)
            .bind(&change.name)
            .bind(change.public_id)
            .bind(change.description.as_deref())
            .bind(parameters.map(|parameters| &parameters.authorization_type))
            .bind(parameters.map(|parameters| &parameters.shown))
            .bind(parameters.map(|parameters| &parameters.sealed))
            .fetch_optional(&self.pool);
        Ok(self.answer(update).await?.as_ref().map(connection))
    }

    pub async fn connection_by_name(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<Option<Connection>, StoreError> {
        let read = sqlx::query(sql!("connection/get.sql"))
            .bind(namespace)
            .bind(name)
            .fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(connection))
    }

    /// By name, from the first after `after`.
    pub async fn connections(
        &self,
        namespace: NamespaceId,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Connection>, StoreError> {
        let read = sqlx::query(sql!("connection/list.sql"))
            .bind(namespace)
            .bind(after.unwrap_or_default())
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(connection).collect())
    }

    /// None: there was none.
    pub async fn delete_connection(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<Option<Connection>, StoreError> {
        let delete = sqlx::query(sql!("connection/delete.sql"))
            .bind(namespace)
            .bind(name)
            .fetch_optional(&self.pool);
        Ok(self.answer(delete).await?.as_ref().map(connection))
    }
}

fn connection(row: &PgRow) -> Connection {
    Connection {
        namespace: row.get("namespace"),
        name: row.get("name"),
        public_id: row.get("public_id"),
        description: row.get("description"),
        parameters: ConnectionParameters {
            authorization_type: row.get("authorization_type"),
            shown: row.get("shown"),
            sealed: row.get("sealed"),
        },
        version: row.get("version"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
