//! State machines: a name, and revisions of its definition that never change.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgBindIterExt, PgConnection, PgRow};
use uuid::Uuid;

use crate::error::StoreError;
use crate::id::{MachineId, NamespaceId, RevisionId};
use crate::limits::{Counted, Made};
use crate::sql::sql;
use crate::store::{Creation, Store};
use crate::tag::Tag;
use crate::version::{NewVersion, Version, publish};

/// Each is asked for an execution's name in turn, so there is an end to it.
const DELETED_MACHINES_MAX: i64 = 100;

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
    /// Gone for every list and look-up by name; still there for the executions that ran on it.
    Deleted,
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
    /// The description of version 1, which its first revision is published as; `None`: it is not published.
    pub published: Option<String>,
    /// Kept where the machine is new.
    pub tags: Vec<Tag>,
    /// How many machines the namespace may have.
    pub machines_max: Option<u64>,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct MachineChange {
    pub definition: Option<String>,
    pub role_arn: Option<String>,
    pub configuration: Option<Configuration>,
    /// The description of the version that the outcome is published as; `None`: it is not published.
    pub published: Option<String>,
    /// How many versions the machine may have.
    pub versions_max: Option<u64>,
}

/// What came of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineUpdate {
    pub machine: Machine,
    /// Something differed: there is a new revision.
    pub revised: bool,
    pub version: Option<Version>,
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
    /// `Same`: a machine of that name, definition, type and configuration stands, published as this one is to be; role and tags
    /// may differ. `Differs`: one of that name and something else, or one that is being deleted. [`StoreError::Full`]: none of that name.
    pub async fn create_machine(&self, new: &NewMachine) -> Result<Creation<Machine>, StoreError> {
        loop {
            let create = sqlx::query(sql!("machine/create.sql"))
                .bind(new.namespace)
                .bind(&new.name)
                .bind(new.machine_type.as_text())
                .bind(&new.definition)
                .bind(&new.role_arn)
                .bind(&new.configuration.logging)
                .bind(&new.configuration.tracing)
                .bind(&new.configuration.encryption)
                .bind(new.published.as_deref())
                .bind(new.tags.iter().map(|tag| tag.key.as_str()).bind_iter())
                .bind(new.tags.iter().map(|tag| tag.value.as_str()).bind_iter());
            let made = self.create_counted(Counted {
                create,
                namespace: new.namespace,
                count: sql!("machine/count.sql"),
                max: new.machines_max,
            });
            let made = made.await?;
            if let Made::Row(row) = &made {
                return Ok(Creation::Created(machine(row)));
            }
            if let Some(standing) = self.machine_by_name(new.namespace, &new.name).await? {
                let same = standing.is(new) && self.is_published(&standing, new).await?;
                return Ok(Creation::stands(standing, same));
            }
            if let Made::Full = made {
                return Err(StoreError::Full);
            }
            // Its deletion ended between the two statements: the name is free now.
        }
    }

    /// A new revision where the change differs from the newest one; the machine's row names it from now on. None: no such
    /// machine that is active. [`StoreError::Full`]: it can't be published, and nothing has changed.
    pub async fn update_machine(
        &self,
        id: MachineId,
        change: &MachineChange,
    ) -> Result<Option<MachineUpdate>, StoreError> {
        let update = async {
            let mut tx = self.pool.begin().await?;
            let lock = sqlx::query(sql!("machine/lock.sql")).bind(id);
            if lock.fetch_optional(&mut *tx).await?.is_none() {
                return Ok(Ok(None));
            }
            // A statement of its own: one that waits for the lock would not see what the other update wrote.
            let newest = sqlx::query(sql!("machine/get.sql")).bind(id).fetch_one(&mut *tx).await?;
            let newest = machine(&newest);
            let revised = change.changes(&newest.revision);
            let machine = if revised { revise(&mut tx, id, change).await? } else { newest };
            let version = match &change.published {
                Some(description) => {
                    let (revision, max) = (machine.revision.id, change.versions_max);
                    publish(&mut tx, NewVersion { machine: id, revision, description, max }).await?
                }
                None => None,
            };
            if change.published.is_some() && version.is_none() {
                return Ok(Err(StoreError::Full));
            }
            tx.commit().await?;
            Ok(Ok(Some(MachineUpdate { machine, revised, version })))
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(update)).await?
    }

    /// A deleted one too: executions that ran on it are still shown.
    pub async fn machine(&self, id: MachineId) -> Result<Option<Machine>, StoreError> {
        let read = sqlx::query(sql!("machine/get.sql")).bind(id).fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(machine))
    }

    pub async fn machine_by_name(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<Option<Machine>, StoreError> {
        let read = sqlx::query(sql!("machine/find_name.sql"))
            .bind(namespace)
            .bind(name)
            .fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(machine))
    }

    /// Those that held the name before they were deleted, the last one first: their executions are still shown.
    pub async fn deleted_machines(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<Vec<MachineId>, StoreError> {
        let read = sqlx::query_scalar(sql!("machine/find_deleted.sql"))
            .bind(namespace)
            .bind(name)
            .bind(DELETED_MACHINES_MAX)
            .fetch_all(&self.pool);
        self.answer(read).await
    }

    /// By name, from the first after `after`.
    pub async fn machines(
        &self,
        namespace: NamespaceId,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Machine>, StoreError> {
        let read = sqlx::query(sql!("machine/list.sql"))
            .bind(namespace)
            .bind(after.unwrap_or_default())
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(machine).collect())
    }

    /// Takes no new executions from now on, and its versions, aliases and tags are gone; gone itself at once if none runs, else by [`Store::sweep_machines`].
    /// False: no such machine.
    pub async fn delete_machine(&self, id: MachineId) -> Result<bool, StoreError> {
        let delete = sqlx::query(sql!("machine/delete.sql")).bind(id).execute(&self.pool);
        let deleted = self.answer(delete).await?.rows_affected() == 1;
        self.sweep_machines().await?;
        Ok(deleted)
    }

    /// Ends the deletion of machines whose last execution has ended. Says how many.
    pub async fn sweep_machines(&self) -> Result<u64, StoreError> {
        let sweep = sqlx::query(sql!("machine/sweep.sql")).persistent(false).execute(&self.pool);
        self.answer(sweep).await.map(|done| done.rows_affected())
    }

    async fn is_published(&self, standing: &Machine, new: &NewMachine) -> Result<bool, StoreError> {
        let Some(description) = &new.published else { return Ok(true) };
        let version = self.version_of(standing.revision.id).await?;
        Ok(version.is_some_and(|version| version.description == *description))
    }

    /// Stays readable after its machine is gone: executions that ran on it can still be shown.
    pub async fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StoreError> {
        let read =
            sqlx::query(sql!("machine/get_revision.sql")).bind(id).fetch_optional(&self.pool);
        Ok(self.answer(read).await?.map(|row| revision(&row, row.get("machine"))))
    }
}

impl Machine {
    /// As AWS compares a repeated creation: another role is no other machine.
    fn is(&self, new: &NewMachine) -> bool {
        self.status == MachineStatus::Active
            && self.machine_type == new.machine_type
            && self.revision.definition == new.definition
            && self.revision.configuration == new.configuration
    }
}

impl MachineChange {
    fn changes(&self, revision: &Revision) -> bool {
        let configuration = self.configuration.clone().unwrap_or_default();
        let Configuration { logging, tracing, encryption } = &revision.configuration;
        [
            (self.definition.as_ref(), &revision.definition),
            (self.role_arn.as_ref(), &revision.role_arn),
            (given(&configuration.logging), logging),
            (given(&configuration.tracing), tracing),
            (given(&configuration.encryption), encryption),
        ]
        .iter()
        .any(|(wanted, standing)| wanted.is_some_and(|wanted| wanted != *standing))
    }
}

/// Of a configuration's parts an empty one was not given: it stays as it was.
fn given(part: &String) -> Option<&String> {
    Some(part).filter(|part| !part.is_empty())
}

/// Of a machine that the transaction has locked.
async fn revise(
    tx: &mut PgConnection,
    id: MachineId,
    change: &MachineChange,
) -> Result<Machine, sqlx::Error> {
    let configuration = change.configuration.clone().unwrap_or_default();
    let revise = sqlx::query(sql!("machine/revise.sql"))
        .bind(id)
        .bind(change.definition.as_deref())
        .bind(change.role_arn.as_deref())
        .bind(given(&configuration.logging))
        .bind(given(&configuration.tracing))
        .bind(given(&configuration.encryption));
    revise.fetch_one(&mut *tx).await.map(|row| machine(&row))
}

impl MachineType {
    fn as_text(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        match text {
            "STANDARD" => Self::Standard,
            "EXPRESS" => Self::Express,
            other => unreachable!("the constraint machine_type_is_known let {other:?} pass"),
        }
    }
}

fn machine(row: &PgRow) -> Machine {
    let id = row.get("id");
    Machine {
        id,
        namespace: row.get("namespace"),
        name: row.get("name"),
        machine_type: MachineType::of(row.get("type")),
        status: match row.get("status") {
            "ACTIVE" => MachineStatus::Active,
            "DELETING" => MachineStatus::Deleting,
            "DELETED" => MachineStatus::Deleted,
            other => unreachable!("the constraint machine_status_is_known let {other:?} pass"),
        },
        created_at: row.get("created_at"),
        updated_at: row.get("revised_at"),
        revision: revision(row, id),
    }
}

fn revision(row: &PgRow, machine: MachineId) -> Revision {
    Revision {
        id: row.get("revision_id"),
        machine,
        number: row.get("number"),
        public_id: row.get("public_id"),
        definition: row.get("definition"),
        role_arn: row.get("role_arn"),
        configuration: Configuration {
            logging: row.get("logging"),
            tracing: row.get("tracing"),
            encryption: row.get("encryption"),
        },
        created_at: row.get("revised_at"),
    }
}
