//! Reads of an execution's history rows: from a position forwards, or from one backwards.

use chrono::{DateTime, Utc};
use execution::ExecutionId;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::error::StoreError;
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    pub seq: u64,
    pub last_seq: u64,
    pub first_public: u64,
    pub last_public: u64,
    pub at: DateTime<Utc>,
    pub format: i16,
    pub events: Vec<u8>,
}

/// Where a page begins and which way it goes. Forwards gives rows by rising `seq`, backwards by falling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryFrom {
    /// Rows whose first event comes after `seq`; 0 is the start.
    After { seq: u64 },
    /// Rows that hold public events after `public`, beginning with the row that holds `public + 1`.
    AfterPublic { public: u64 },
    /// From the row that holds the event `seq` backwards.
    Holding { seq: u64 },
    /// From the last row backwards.
    Last,
    /// Rows that hold public events before `public`, backwards from the one that holds `public - 1`.
    BeforePublic { public: u64 },
}

/// A page ends at whichever limit comes first, yet holds at least one row where there is one.
#[derive(Debug, Clone, Copy)]
pub struct HistoryPage {
    pub rows_max: u32,
    pub bytes_max: u64,
}

impl Store {
    pub async fn history_rows(
        &self,
        id: ExecutionId,
        from: HistoryFrom,
        page: HistoryPage,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let forwards = sql!("history/read_forwards.sql");
        let backwards = sql!("history/read_backwards.sql");
        match from {
            HistoryFrom::After { seq } => self.read_history(forwards, id, number(seq), page).await,
            HistoryFrom::AfterPublic { public } => {
                let wanted = public.saturating_add(1);
                let Some(seq) = self.find_public(id, wanted).await? else { return Ok(Vec::new()) };
                let mut rows = self.read_history(forwards, id, seq - 1, page).await?;
                // Where `wanted` has not come yet, the search ends at the last row.
                rows.retain(|row| row.last_public >= wanted || row.first_public > wanted);
                Ok(rows)
            }
            HistoryFrom::Holding { seq } => {
                self.read_history(backwards, id, number(seq), page).await
            }
            HistoryFrom::Last => self.read_history(backwards, id, i64::MAX, page).await,
            HistoryFrom::BeforePublic { public } => {
                let Some(wanted) = public.checked_sub(1).filter(|wanted| *wanted > 0) else {
                    return Ok(Vec::new());
                };
                let Some(seq) = self.find_public(id, wanted).await? else { return Ok(Vec::new()) };
                self.read_history(backwards, id, seq, page).await
            }
        }
    }

    async fn read_history(
        &self,
        statement: &'static str,
        id: ExecutionId,
        seq: i64,
        page: HistoryPage,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let read = sqlx::query(statement)
            .bind(id.home().0)
            .bind(id.0)
            .bind(seq)
            .bind(i64::from(page.rows_max.max(1)))
            .bind(number(page.bytes_max.max(1)))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(history_row).collect())
    }

    async fn find_public(&self, id: ExecutionId, public: u64) -> Result<Option<i64>, StoreError> {
        let find = sqlx::query(sql!("history/find_public.sql"))
            .bind(id.home().0)
            .bind(id.0)
            .bind(number(public))
            .fetch_optional(&self.pool);
        Ok(self.answer(find).await?.map(|row| row.get("seq")))
    }
}

/// Beyond what PostgreSQL counts to there is nothing to read.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn history_row(row: &PgRow) -> HistoryRow {
    let count = |column| {
        let value: i64 = row.get(column);
        u64::try_from(value).expect("the constraints of history let no negative number pass")
    };
    HistoryRow {
        seq: count("seq"),
        last_seq: count("last_seq"),
        first_public: count("first_public"),
        last_public: count("last_public"),
        at: row.get("at"),
        format: row.get("format"),
        events: row.get("events"),
    }
}
