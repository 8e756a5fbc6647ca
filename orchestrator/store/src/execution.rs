//! Reads of executions: one by id or name, many by machine, status and time.

use chrono::{DateTime, TimeDelta, Utc};
use execution::ExecutionId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::batch::OfMapRun;
use crate::error::StoreError;
use crate::id::{MachineId, NamespaceId, NodeId, RevisionId, home_of_name};
use crate::machine::MachineType;
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionStatus {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    pub id: ExecutionId,
    pub namespace: NamespaceId,
    pub machine: MachineId,
    pub machine_name: String,
    pub machine_type: MachineType,
    pub revision: RevisionId,
    /// As the caller chose it, else the id's text.
    pub name: String,
    /// Of a chosen name: what the input hashed to.
    pub input_hash: Option<[u8; 32]>,
    pub status: ExecutionStatus,
    /// The node that has it resident; absent once it has ended.
    pub owner: Option<NodeId>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// `None`: it never was redriven.
    pub redriven: Option<RowRedriven>,
    pub of_map_run: Option<OfMapRun>,
    /// What it was started by; `None`: by the machine itself.
    pub version: Option<i64>,
    pub alias: Option<String>,
}

/// The last redrive of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRedriven {
    /// How many there were.
    pub count: u64,
    pub at: DateTime<Utc>,
}

/// Which executions a list shows, newest first.
#[derive(Debug, Clone)]
pub struct ExecutionFilter {
    pub namespace: NamespaceId,
    pub machine: Option<MachineId>,
    /// Started on this version, whether an alias chose it or not.
    pub version: Option<i64>,
    /// Started by the alias of this name.
    pub alias: Option<String>,
    pub status: Option<ExecutionStatus>,
    /// Inclusive.
    pub started_from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub started_before: Option<DateTime<Utc>>,
    /// Whether it was ever redriven; asked of a map run's children alone.
    pub redriven: Option<bool>,
}

/// One page: at most `rows_max` rows older than the last row of the page before.
#[derive(Debug, Clone, Copy)]
pub struct ExecutionPage {
    pub after: Option<ExecutionId>,
    pub rows_max: u32,
}

impl Store {
    pub async fn execution(&self, id: ExecutionId) -> Result<Option<ExecutionRow>, StoreError> {
        let read = sqlx::query(sql!("execution/get.sql"))
            .bind(id.home().0)
            .bind(id.0)
            .fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(execution_row))
    }

    /// By the name in its ARN: a chosen one, or the id of an execution that chose none.
    pub async fn execution_by_name(
        &self,
        machine: MachineId,
        name: &str,
    ) -> Result<Option<ExecutionRow>, StoreError> {
        let home = home_of_name(machine, name, self.homes().await?);
        let find = sqlx::query(sql!("execution/find_name.sql"))
            .bind(home.0)
            .bind(machine)
            .bind(name)
            .fetch_optional(&self.pool);
        if let Some(row) = self.answer(find).await? {
            return self.execution(ExecutionId(row.get("id"))).await;
        }
        let Ok(id) = Uuid::try_parse(name) else { return Ok(None) };
        let unnamed = self.execution(ExecutionId(id)).await?;
        // Another spelling of the id is another name, and an execution with a chosen name has that one alone.
        Ok(unnamed.filter(|found| found.machine == machine && found.name == name))
    }

    /// Newest first.
    pub async fn executions(
        &self,
        filter: &ExecutionFilter,
        page: ExecutionPage,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        let statement = match filter.status {
            None => sql!("execution/list_all.sql"),
            Some(ExecutionStatus::Running) => sql!("execution/list_running.sql"),
            Some(ExecutionStatus::Succeeded) => sql!("execution/list_succeeded.sql"),
            Some(
                ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted,
            ) => sql!("execution/list_failed.sql"),
        };
        let (below, from) = ids_between(filter, page.after);
        let mut list = sqlx::query(statement)
            .bind(filter.namespace)
            .bind(filter.machine)
            .bind(below)
            .bind(from)
            .bind(filter.started_from)
            .bind(filter.started_before)
            .bind(i64::from(page.rows_max))
            .bind(filter.version)
            .bind(filter.alias.as_deref())
            // Planned for the values: which machine, and how far back, decides the road.
            .persistent(false);
        match filter.status {
            None | Some(ExecutionStatus::Running | ExecutionStatus::Succeeded) => {}
            Some(
                status @ (ExecutionStatus::Failed
                | ExecutionStatus::TimedOut
                | ExecutionStatus::Aborted),
            ) => list = list.bind(status.as_text()),
        }
        let rows = self.answer(list.fetch_all(&self.pool)).await?;
        Ok(rows.iter().map(execution_row).collect())
    }
}

/// The ids that a page can hold: below the first bound, not below the second. An id begins with its start's millisecond.
pub(crate) fn ids_between(filter: &ExecutionFilter, after: Option<ExecutionId>) -> (Uuid, Uuid) {
    // The millisecond that `started_before` lies in is not excluded by its ids: the exact time decides there.
    let before = filter
        .started_before
        .and_then(|instant| instant.checked_add_signed(TimeDelta::milliseconds(1)))
        .map_or(Uuid::max(), smallest_id);
    let below = after.map_or(before, |after| after.0.min(before));
    (below, filter.started_from.map_or(Uuid::nil(), smallest_id))
}

/// Smaller than every id of that millisecond and later.
pub(crate) fn smallest_id(instant: DateTime<Utc>) -> Uuid {
    let not_before_1970 = instant.max(DateTime::UNIX_EPOCH);
    let millis = u128::try_from(not_before_1970.timestamp_millis()).expect("is past 1970");
    Uuid::from_u128(millis << 80)
}

impl ExecutionStatus {
    pub fn as_text(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        match text {
            "RUNNING" => Self::Running,
            "SUCCEEDED" => Self::Succeeded,
            "FAILED" => Self::Failed,
            "TIMED_OUT" => Self::TimedOut,
            "ABORTED" => Self::Aborted,
            other => unreachable!("the constraint execution_status_is_known let {other:?} pass"),
        }
    }
}

pub(crate) fn execution_row(row: &PgRow) -> ExecutionRow {
    let id = ExecutionId(row.get("id"));
    let chosen: Option<String> = row.get("name");
    let input_hash: Option<&[u8]> = row.get("input_hash");
    let of_run =
        |run| OfMapRun { run, items: row.get::<Option<i32>, _>("item_count").unwrap_or(1) };
    ExecutionRow {
        id,
        namespace: row.get("namespace"),
        machine: row.get("machine"),
        machine_name: row.get("machine_name"),
        machine_type: MachineType::of(row.get("machine_type")),
        revision: row.get("revision"),
        name: chosen.unwrap_or_else(|| id.to_string()),
        input_hash: input_hash.map(|hash| hash.try_into().expect("a hash has 32 bytes")),
        status: ExecutionStatus::of(row.get("status")),
        owner: row.get("owner"),
        started_at: row.get("started_at"),
        ended_at: row.get("ended_at"),
        redriven: redriven(row),
        of_map_run: row.get::<Option<Uuid>, _>("map_run").map(of_run),
        version: row.get("version"),
        alias: row.get("alias"),
    }
}

fn redriven(row: &PgRow) -> Option<RowRedriven> {
    let count: i64 = row.get::<Option<i64>, _>("redrive_count")?;
    let count = u64::try_from(count).expect("the constraint execution_redrive_is_whole holds");
    Some(RowRedriven { count, at: row.get::<Option<_>, _>("redriven_at")? })
}
