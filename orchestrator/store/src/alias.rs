//! Aliases: names of a machine's own that start its versions, each as often as its weight says.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgBindIterExt, PgConnection, PgRow};

use crate::error::StoreError;
use crate::id::MachineId;
use crate::limits::machine_is_full;
use crate::sql::sql;
use crate::store::{Creation, Store};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    pub name: String,
    pub description: String,
    /// One or two.
    pub routes: Vec<Route>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Of a hundred starts, `weight` run on the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub version: i64,
    pub weight: i16,
}

#[derive(Debug, Clone)]
pub struct NewAlias {
    pub machine: MachineId,
    pub name: String,
    pub description: String,
    pub routes: Vec<Route>,
    /// How many the machine may have.
    pub max: Option<u64>,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct AliasChange {
    pub description: Option<String>,
    pub routes: Option<Vec<Route>>,
}

/// What came of a change that names a machine and its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AliasAnswer<T> {
    Done(T),
    /// The machine is not there, or is being deleted.
    MachineGone,
    /// No such alias.
    Unknown,
    /// A version that a route names is not there.
    VersionUnknown(i64),
}

impl Store {
    /// `Same`: one of that name, description and routes stands. `Differs`: one of that name. [`StoreError::Full`]: none of that name.
    pub async fn create_alias(
        &self,
        new: &NewAlias,
    ) -> Result<AliasAnswer<Creation<Alias>>, StoreError> {
        let create = async {
            let mut tx = self.pool.begin().await?;
            if let Some(refused) = routable(&mut tx, new.machine, &new.routes).await? {
                return Ok(Ok(refused));
            }
            // The machine is locked: no other comes or goes meanwhile.
            let standing = sqlx::query(sql!("alias/get.sql")).bind(new.machine).bind(&new.name);
            if let Some(standing) = standing.fetch_optional(&mut *tx).await?.as_ref().map(alias) {
                let same = standing.description == new.description && standing.routes == new.routes;
                return Ok(Ok(AliasAnswer::Done(Creation::stands(standing, same))));
            }
            if machine_is_full(&mut tx, sql!("alias/count.sql"), new.machine, new.max).await? {
                return Ok(Err(StoreError::Full));
            }
            let created = sqlx::query(sql!("alias/create.sql"))
                .bind(new.machine)
                .bind(&new.name)
                .bind(&new.description)
                .bind(new.routes.iter().map(|route| route.version).bind_iter())
                .bind(new.routes.iter().map(|route| route.weight).bind_iter())
                .fetch_one(&mut *tx)
                .await?;
            tx.commit().await?;
            Ok(Ok(AliasAnswer::Done(Creation::Created(alias(&created)))))
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(create)).await?
    }

    pub async fn update_alias(
        &self,
        machine: MachineId,
        name: &str,
        change: &AliasChange,
    ) -> Result<AliasAnswer<Alias>, StoreError> {
        let routes = change.routes.as_ref();
        let update = async {
            let mut tx = self.pool.begin().await?;
            let named = routes.map(Vec::as_slice).unwrap_or_default();
            if let Some(refused) = routable(&mut tx, machine, named).await? {
                return Ok(refused);
            }
            let versions: Option<Vec<i64>> =
                routes.map(|routes| routes.iter().map(|route| route.version).collect());
            let weights: Option<Vec<i16>> =
                routes.map(|routes| routes.iter().map(|route| route.weight).collect());
            let update = sqlx::query(sql!("alias/update.sql"))
                .bind(machine)
                .bind(name)
                .bind(change.description.as_deref())
                .bind(versions)
                .bind(weights);
            let Some(updated) = update.fetch_optional(&mut *tx).await? else {
                return Ok(AliasAnswer::Unknown);
            };
            tx.commit().await?;
            Ok(AliasAnswer::Done(alias(&updated)))
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(update)).await
    }

    pub async fn alias(&self, machine: MachineId, name: &str) -> Result<Option<Alias>, StoreError> {
        let read =
            sqlx::query(sql!("alias/get.sql")).bind(machine).bind(name).fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(alias))
    }

    /// By name, from the first after `after`; all, or those that name `version`.
    pub async fn aliases(
        &self,
        machine: MachineId,
        version: Option<i64>,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Alias>, StoreError> {
        let read = sqlx::query(sql!("alias/list.sql"))
            .bind(machine)
            .bind(version)
            .bind(after.unwrap_or_default())
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(alias).collect())
    }

    /// One that is not there is no error.
    pub async fn delete_alias(&self, machine: MachineId, name: &str) -> Result<(), StoreError> {
        let delete =
            sqlx::query(sql!("alias/delete.sql")).bind(machine).bind(name).execute(&self.pool);
        self.answer(delete).await.map(|_| ())
    }
}

/// Locks the machine, so that its versions stay while the alias is written. Some: why it can't be.
async fn routable<T>(
    tx: &mut PgConnection,
    machine: MachineId,
    routes: &[Route],
) -> Result<Option<AliasAnswer<T>>, sqlx::Error> {
    let lock = sqlx::query(sql!("machine/lock.sql")).bind(machine);
    if lock.fetch_optional(&mut *tx).await?.is_none() {
        return Ok(Some(AliasAnswer::MachineGone));
    }
    let missing = sqlx::query(sql!("version/missing.sql"))
        .bind(machine)
        .bind(routes.iter().map(|route| route.version).bind_iter())
        .fetch_optional(&mut *tx)
        .await?;
    Ok(missing.map(|row| AliasAnswer::VersionUnknown(row.get("number"))))
}

fn alias(row: &PgRow) -> Alias {
    let (versions, weights): (Vec<i64>, Vec<i16>) = (row.get("versions"), row.get("weights"));
    let routes = versions.into_iter().zip(weights);
    Alias {
        name: row.get("name"),
        description: row.get("description"),
        routes: routes.map(|(version, weight)| Route { version, weight }).collect(),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}
