//! Reads of an execution's history rows: from a position forwards, or from one backwards.

use chrono::{DateTime, Utc};
use execution::ExecutionId;

use crate::error::StoreError;
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
        todo!()
    }
}
