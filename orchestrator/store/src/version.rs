//! Versions: numbers under which revisions of a machine are published. A number is never given twice.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use crate::error::StoreError;
use crate::id::{MachineId, RevisionId};
use crate::limits::machine_is_full;
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counted from 1.
    pub number: i64,
    pub revision: RevisionId,
    pub description: String,
    pub created_at: DateTime<Utc>,
}

/// Which revision is to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    Newest,
    /// The newest, where it is the one that the machine was created with.
    Initial,
    /// The newest, where this is its public id.
    Revision(Uuid),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// A new one, or the one that the revision had.
    Version(Version),
    /// Another revision is the newest: its number and public id.
    Outdated { number: i64, public_id: Uuid },
    /// No such machine that is active.
    Gone,
}

/// What came of the deletion of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionDeletion {
    /// It is not there any more, or never was.
    Done,
    /// These aliases name it, by name.
    Named(Vec<String>),
}

impl Store {
    /// A revision has one version: published again it keeps number and description. [`StoreError::Full`]: the machine has `max`.
    pub async fn publish_version(
        &self,
        machine: MachineId,
        wanted: Publish,
        description: &str,
        max: Option<u64>,
    ) -> Result<Published, StoreError> {
        let publish = async {
            let mut tx = self.pool.begin().await?;
            let lock = sqlx::query(sql!("machine/lock.sql")).bind(machine);
            if lock.fetch_optional(&mut *tx).await?.is_none() {
                return Ok(Ok(Published::Gone));
            }
            let newest =
                sqlx::query(sql!("machine/get.sql")).bind(machine).fetch_one(&mut *tx).await?;
            let (number, public_id): (i64, Uuid) = (newest.get("number"), newest.get("public_id"));
            let is_wanted = match wanted {
                Publish::Newest => true,
                Publish::Initial => number == 1,
                Publish::Revision(wanted) => wanted == public_id,
            };
            if !is_wanted {
                return Ok(Ok(Published::Outdated { number, public_id }));
            }
            let revision = newest.get("revision_id");
            let new = NewVersion { machine, revision, description, max };
            let Some(version) = publish(&mut tx, new).await? else {
                return Ok(Err(StoreError::Full));
            };
            tx.commit().await?;
            Ok(Ok(Published::Version(version)))
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(publish)).await?
    }

    pub async fn machine_version(
        &self,
        machine: MachineId,
        number: i64,
    ) -> Result<Option<Version>, StoreError> {
        let read = sqlx::query(sql!("version/get.sql"))
            .bind(machine)
            .bind(number)
            .fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(version))
    }

    /// The version that a revision was published as.
    pub async fn version_of(&self, revision: RevisionId) -> Result<Option<Version>, StoreError> {
        let read =
            sqlx::query(sql!("version/of_revision.sql")).bind(revision).fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(version))
    }

    /// The newest first, below the number `below`.
    pub async fn versions(
        &self,
        machine: MachineId,
        below: Option<i64>,
        rows_max: u32,
    ) -> Result<Vec<Version>, StoreError> {
        let read = sqlx::query(sql!("version/list.sql"))
            .bind(machine)
            .bind(below.unwrap_or(i64::MAX))
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(version).collect())
    }

    /// Executions that run on it go on: their revision stays.
    pub async fn delete_version(
        &self,
        machine: MachineId,
        number: i64,
    ) -> Result<VersionDeletion, StoreError> {
        let delete = async {
            let mut tx = self.pool.begin().await?;
            // Aliases that name it come and go under the same lock.
            sqlx::query(sql!("machine/lock.sql")).bind(machine).fetch_optional(&mut *tx).await?;
            let aliases = sqlx::query(sql!("alias/list.sql"))
                .bind(machine)
                .bind(number)
                .bind("")
                .bind(i64::MAX)
                .fetch_all(&mut *tx)
                .await?;
            if !aliases.is_empty() {
                let names = aliases.iter().map(|row| row.get("name")).collect();
                return Ok(VersionDeletion::Named(names));
            }
            sqlx::query(sql!("version/delete.sql"))
                .bind(machine)
                .bind(number)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            Ok(VersionDeletion::Done)
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(delete)).await
    }
}

/// Of a machine that the transaction has locked, whose newest revision is `revision`.
pub(crate) struct NewVersion<'a> {
    pub(crate) machine: MachineId,
    pub(crate) revision: RevisionId,
    pub(crate) description: &'a str,
    /// How many the machine may have.
    pub(crate) max: Option<u64>,
}

/// `None`: the machine has as many as it may have.
pub(crate) async fn publish(
    tx: &mut PgConnection,
    new: NewVersion<'_>,
) -> Result<Option<Version>, sqlx::Error> {
    let NewVersion { machine, revision, description, max } = new;
    let standing = sqlx::query(sql!("version/of_revision.sql"))
        .bind(revision)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(standing) = standing {
        return Ok(Some(version(&standing)));
    }
    if machine_is_full(&mut *tx, sql!("version/count.sql"), machine, max).await? {
        return Ok(None);
    }
    let published = sqlx::query(sql!("version/publish.sql"))
        .bind(machine)
        .bind(description)
        .fetch_one(&mut *tx)
        .await?;
    Ok(Some(version(&published)))
}

fn version(row: &PgRow) -> Version {
    Version {
        number: row.get("number"),
        revision: row.get("revision"),
        description: row.get("description"),
        created_at: row.get("created_at"),
    }
}
