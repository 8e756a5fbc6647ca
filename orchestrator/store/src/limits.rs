//! What AWS limits and a namespace need not: each limit is off unless it is set. What is created under a limit is counted first,
//! under a lock, so that two that come at once are counted one after the other. Without a limit there is no lock and no count.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row};

use crate::error::StoreError;
use crate::id::{MachineId, NamespaceId};
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Public events of an execution.
    pub history_events: Option<u64>,
    pub state_machines: Option<u64>,
    pub activities: Option<u64>,
    /// Of each state machine, as aliases.
    pub versions: Option<u64>,
    pub aliases: Option<u64>,
    pub requests_per_second: Option<u64>,
    /// Standard ones.
    pub open_executions: Option<u64>,
    /// Of each activity, at once.
    pub activity_pollers: Option<u64>,
}

/// A creation in a namespace, and what it is counted among.
pub(crate) struct Counted<'q> {
    pub(crate) create: Query<'q, Postgres, PgArguments>,
    pub(crate) namespace: NamespaceId,
    pub(crate) count: &'static str,
    pub(crate) max: Option<u64>,
}

/// What came of it.
pub(crate) enum Made {
    Row(PgRow),
    NameTaken,
    Full,
}

impl Limits {
    /// In the order of the columns.
    pub(crate) fn bind(
        self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Query<'_, Postgres, PgArguments> {
        query
            .bind(number(self.history_events))
            .bind(number(self.state_machines))
            .bind(number(self.activities))
            .bind(number(self.versions))
            .bind(number(self.aliases))
            .bind(number(self.requests_per_second))
            .bind(number(self.open_executions))
            .bind(number(self.activity_pollers))
    }

    pub(crate) fn read(row: &PgRow) -> Self {
        let limit = |column| row.get::<Option<i64>, _>(column).map(i64::unsigned_abs);
        Self {
            history_events: limit("history_events_max"),
            state_machines: limit("state_machines_max"),
            activities: limit("activities_max"),
            versions: limit("versions_max"),
            aliases: limit("aliases_max"),
            requests_per_second: limit("requests_per_second_max"),
            open_executions: limit("open_executions_max"),
            activity_pollers: limit("activity_pollers_max"),
        }
    }
}

/// As a statement takes it; what does not fit limits nothing.
fn number(limit: Option<u64>) -> Option<i64> {
    limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX))
}

impl Store {
    pub(crate) async fn create_counted(&self, counted: Counted<'_>) -> Result<Made, StoreError> {
        let Counted { create, namespace, count, max } = counted;
        let made = |row: Option<PgRow>| row.map_or(Made::NameTaken, Made::Row);
        if max.is_none() {
            return self.answer(create.fetch_optional(&self.pool)).await.map(made);
        }
        let create = async {
            let mut tx = self.pool.begin().await?;
            sqlx::query(sql!("namespace/lock.sql")).bind(namespace).execute(&mut *tx).await?;
            let query = sqlx::query_scalar(count).bind(namespace);
            if is_full(query.fetch_one(&mut *tx).await?, max) {
                return Ok(Made::Full);
            }
            let row = create.fetch_optional(&mut *tx).await?;
            tx.commit().await?;
            Ok(made(row))
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(create)).await
    }
}

/// Of what belongs to a machine that the transaction has locked.
pub(crate) async fn machine_is_full(
    tx: &mut PgConnection,
    count: &'static str,
    machine: MachineId,
    max: Option<u64>,
) -> Result<bool, sqlx::Error> {
    if max.is_none() {
        return Ok(false);
    }
    let standing = sqlx::query_scalar(count).bind(machine).fetch_one(tx).await?;
    Ok(is_full(standing, max))
}

fn is_full(standing: i64, max: Option<u64>) -> bool {
    max.is_some_and(|max| standing.unsigned_abs() >= max)
}
