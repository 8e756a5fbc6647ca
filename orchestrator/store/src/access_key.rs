//! Access keys. Their secrets are sealed by the floor that has the key; here they are bytes.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::error::StoreError;
use crate::id::NamespaceId;
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub id: String,
    pub namespace: NamespaceId,
    pub namespace_name: String,
    pub administers: bool,
    pub description: String,
    pub sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// `id` is drawn by the caller, for the seal is bound to it.
#[derive(Debug, Clone)]
pub struct NewAccessKey {
    pub id: String,
    pub namespace: NamespaceId,
    pub administers: bool,
    pub description: String,
    pub sealed: Vec<u8>,
}

/// Equal tallies mean equal keys: they are only ever made and revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessKeyTally {
    pub made: i64,
    pub revoked: i64,
}

impl Store {
    /// None: the id is taken.
    pub async fn create_access_key(
        &self,
        new: &NewAccessKey,
    ) -> Result<Option<AccessKey>, StoreError> {
        let create = sqlx::query(sql!("access_key/create.sql"))
            .bind(&new.id)
            .bind(new.namespace)
            .bind(new.administers)
            .bind(&new.description)
            .bind(&new.sealed)
            .fetch_optional(&self.pool);
        Ok(self.answer(create).await?.as_ref().map(access_key))
    }

    /// All of them, the revoked ones included: a database has few.
    pub async fn access_keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        let read = sqlx::query(sql!("access_key/list.sql")).fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(access_key).collect())
    }

    /// None: there is no such key.
    pub async fn revoke_access_key(&self, id: &str) -> Result<Option<AccessKey>, StoreError> {
        let revoke = sqlx::query(sql!("access_key/revoke.sql")).bind(id).fetch_optional(&self.pool);
        Ok(self.answer(revoke).await?.as_ref().map(access_key))
    }

    pub async fn access_key_tally(&self) -> Result<AccessKeyTally, StoreError> {
        let read = sqlx::query(sql!("access_key/tally.sql")).fetch_one(&self.pool);
        let row = self.answer(read).await?;
        Ok(AccessKeyTally { made: row.get("made"), revoked: row.get("revoked") })
    }

    pub async fn access_keys_used(
        &self,
        used: &[(String, DateTime<Utc>)],
    ) -> Result<(), StoreError> {
        let ids: Vec<&str> = used.iter().map(|(id, _)| id.as_str()).collect();
        let times: Vec<DateTime<Utc>> = used.iter().map(|(_, at)| *at).collect();
        let write =
            sqlx::query(sql!("access_key/use.sql")).bind(ids).bind(times).execute(&self.pool);
        self.answer(write).await.map(drop)
    }
}

fn access_key(row: &PgRow) -> AccessKey {
    AccessKey {
        id: row.get("id"),
        namespace: row.get("namespace"),
        namespace_name: row.get("namespace_name"),
        administers: row.get("administers"),
        description: row.get("description"),
        sealed: row.get("sealed"),
        created_at: row.get("created_at"),
        last_used_at: row.get("last_used_at"),
        revoked_at: row.get("revoked_at"),
    }
}
