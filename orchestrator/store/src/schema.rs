//! The schema: bringing it up to date, refusing one that does not fit, and what the first migration drew for good.

use std::sync::LazyLock;

use sqlx::Row;
use sqlx::migrate::{MigrateError, Migrator};

use crate::error::StoreError;
use crate::sql::sql;
use crate::store::{Deployment, Store};

/// What [`Store::migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// Versions applied now, in order; empty: all were there.
    pub applied: Vec<i64>,
    /// The schema's version now.
    pub version: i64,
}

/// The schema's history, compiled in.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("../../migrations");
    // Newer ones may be there while nodes are replaced one by one; check_schema decides.
    migrations.set_ignore_missing(true);
    migrations
});

impl Store {
    /// Applies what is missing and makes the coming months' partitions. Safe to run from several nodes at once.
    pub async fn migrate(&self) -> Result<MigrationReport, StoreError> {
        let before = self.version().await?.map_or(0, |found| found.version);
        // Not bounded in time: a migration of a large table takes what it takes, and its locks are bounded themselves.
        MIGRATIONS.run(&self.pool).await.map_err(|error| refused(&error))?;
        self.check_schema().await?;
        self.ensure_partitions().await?;
        let versions = MIGRATIONS.iter().map(|migration| migration.version);
        let applied = versions.filter(|version| *version > before).collect();
        Ok(MigrationReport { applied, version: newest().max(before) })
    }

    /// Refuses a schema that is behind this binary, or that has left it behind.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let Some(found) = self.version().await? else {
            return Err(StoreError::Schema(
                "the database has no schema of Everstep yet: run `everstep migrate`".to_owned(),
            ));
        };
        if found.version < newest() {
            return Err(StoreError::Schema(format!(
                "the database's schema has version {}, this version of Everstep needs {}: run `everstep migrate`",
                found.version,
                newest()
            )));
        }
        if found.compatible_from > newest() {
            return Err(StoreError::Schema(format!(
                "the database's schema (version {}) needs a server that knows version {}, this one knows {}: \
                 install a newer version of Everstep",
                found.version,
                found.compatible_from,
                newest()
            )));
        }
        Ok(())
    }

    /// Makes partitions ahead of time; to be called daily. Says how many were made.
    pub async fn ensure_partitions(&self) -> Result<u64, StoreError> {
        let made = sqlx::query(sql!("schema/make_partitions.sql")).fetch_one(&self.pool);
        let made: i32 = self.answer(made).await?.get("made");
        Ok(u64::from(made.unsigned_abs()))
    }

    /// Drawn at random when the database was made: signs task tokens.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        self.deployment().await.map(|deployment| deployment.secret)
    }

    /// The number of homes, fixed when the database was made.
    pub async fn homes(&self) -> Result<i16, StoreError> {
        self.deployment().await.map(|deployment| deployment.homes)
    }

    async fn deployment(&self) -> Result<Deployment, StoreError> {
        let read = || async {
            let read = sqlx::query(sql!("schema/deployment.sql")).fetch_one(&self.pool);
            let row = self.answer(read).await?;
            let secret: &[u8] = row.get("secret");
            let secret = secret.try_into().expect("deployment_secret_is_32_bytes");
            Ok(Deployment { secret, homes: row.get("homes") })
        };
        self.deployment.get_or_try_init(read).await.copied()
    }

    /// None: nothing was ever migrated here.
    async fn version(&self) -> Result<Option<Version>, StoreError> {
        let exists = sqlx::query(sql!("schema/exists.sql")).fetch_one(&self.pool);
        if !self.answer(exists).await?.get::<bool, _>("migrated") {
            return Ok(None);
        }
        // Not kept prepared: a migration may run between two calls.
        let read = sqlx::query(sql!("schema/version.sql")).persistent(false).fetch_one(&self.pool);
        let row = match self.answer(read).await {
            Ok(row) => row,
            // Its first migration did not come to its end.
            Err(StoreError::Schema(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let version: Option<i64> = row.get("version");
        Ok(version.map(|version| Version { version, compatible_from: row.get("compatible_from") }))
    }
}

struct Version {
    version: i64,
    /// The oldest migration that a server must know.
    compatible_from: i64,
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().expect("there is a first migration")
}

fn refused(error: &MigrateError) -> StoreError {
    if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
        return StoreError::of(error);
    }
    StoreError::Schema(format!("the schema could not be brought up to date: {error}"))
}
