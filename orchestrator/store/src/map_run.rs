//! Reads of a map run's children: a list for people, and what became of each for the results.

use chrono::{DateTime, Utc};
use execution::ExecutionId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::error::StoreError;
use crate::execution::{
    ExecutionFilter, ExecutionPage, ExecutionRow, ExecutionStatus, execution_row, ids_between,
};
use crate::sql::sql;
use crate::store::Store;

/// A child with the ends of its history.
#[derive(Debug, Clone)]
pub struct MapRunChildRow {
    pub id: ExecutionId,
    pub status: ExecutionStatus,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub redrive_count: i64,
    pub first_format: i16,
    pub first_events: Vec<u8>,
    pub last_format: i16,
    pub last_events: Vec<u8>,
}

impl Store {
    /// Oldest first.
    pub async fn map_run_children(
        &self,
        run: Uuid,
        after: Option<ExecutionId>,
        rows_max: u32,
    ) -> Result<Vec<MapRunChildRow>, StoreError> {
        let read = sqlx::query(sql!("map_run/read_results.sql"))
            .bind(run)
            .bind(after.map_or(Uuid::nil(), |after| after.0))
            .bind(oldest_child(run))
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(child_row).collect())
    }

    /// Newest first. Of the filter its status, its times and its redrives count.
    pub async fn map_run_executions(
        &self,
        run: Uuid,
        filter: &ExecutionFilter,
        page: ExecutionPage,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        let (below, from) = ids_between(filter, page.after);
        let list = sqlx::query(sql!("map_run/list_children.sql"))
            .bind(run)
            .bind(below)
            .bind(from.max(oldest_child(run)))
            .bind(filter.started_from)
            .bind(filter.started_before)
            .bind(filter.status.map(ExecutionStatus::as_text))
            .bind(i64::from(page.rows_max))
            .bind(filter.redriven)
            .fetch_all(&self.pool);
        Ok(self.answer(list).await?.iter().map(execution_row).collect())
    }

    /// Those whose ids a map run's id may have been made of: see [`ExecutionId::of_map_run`].
    pub async fn executions_of_map_run(&self, run: Uuid) -> Result<Vec<ExecutionId>, StoreError> {
        let (least, greatest) = ExecutionId::around_map_run(run);
        let find = sqlx::query(sql!("map_run/find_execution.sql"))
            .bind(least.home().0)
            .bind(least.0)
            .bind(greatest.0)
            .fetch_all(&self.pool);
        Ok(self.answer(find).await?.iter().map(|row| ExecutionId(row.get("id"))).collect())
    }
}

/// A run's id begins with its execution's instant, and no child is older.
fn oldest_child(run: Uuid) -> Uuid {
    Uuid::from_u128(run.as_u128() >> 80 << 80)
}

fn child_row(row: &PgRow) -> MapRunChildRow {
    MapRunChildRow {
        id: ExecutionId(row.get("id")),
        status: ExecutionStatus::of(row.get("status")),
        started_at: row.get("started_at"),
        ended_at: row.get("ended_at"),
        redrive_count: row.get::<Option<_>, _>("redrive_count").unwrap_or(0),
        first_format: row.get("first_format"),
        first_events: row.get("first_events"),
        last_format: row.get("last_format"),
        last_events: row.get("last_events"),
    }
}
