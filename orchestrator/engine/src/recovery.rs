//! An execution out of its history: recovery is `apply` alone and never evaluates an expression.

use std::collections::BTreeMap;
use std::sync::Arc;

use execution::express::Keeps;
use execution::{EventKind, Execution, ExecutionId, Seq, WaitId, codec};
use store::{HistoryFrom, HistoryPage, HistoryRow, Store};

use crate::catalog::Catalog;
use crate::engine::Ended;
use crate::error::EngineError;
use crate::lane::{Express, Resident, ended_by};

/// A read of a long history, in parts: bounded in memory, and few enough round trips.
const ROWS_A_READ: u32 = 1000;
const BYTES_A_READ: u64 = 8 << 20;

/// `None`: there is no such execution.
pub(crate) async fn read_back(
    store: &Store,
    catalog: &Catalog,
    id: ExecutionId,
) -> Result<Option<Resident>, EngineError> {
    let Some(row) = store.execution(id).await? else { return Ok(None) };
    let machine = catalog.definition(row.revision).await?;
    let mut folded = Folded::new(id);
    folded.catch_up(store).await?;
    let mut resident = Resident::new(folded.execution, machine, row.namespace, folded.arn);
    resident.hand_outs_before = folded.hand_outs_before;
    let recorded = resident.execution.last_seq();
    resident.express = folded.express.map(|keeps| Express::again(keeps, recorded));
    Ok(Some(resident))
}

/// How an execution ended, as the last row of its history says; `None`: it runs.
pub(crate) async fn read_end(store: &Store, id: ExecutionId) -> Result<Option<Ended>, EngineError> {
    let last = HistoryPage { rows_max: 1, bytes_max: u64::MAX };
    let rows = store.history_rows(id, HistoryFrom::Last, last).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let events = codec::decode(row.format, &row.events)
        .map_err(|error| EngineError::Refused { reason: error.to_string() })?;
    Ok(events.iter().rev().find_map(|event| ended_by(event, row.at)))
}

/// The execution, and what its events say beside its state.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) execution: Execution,
    pub(crate) arn: Arc<str>,
    /// Of the waits that offered a task again.
    hand_outs_before: BTreeMap<WaitId, u32>,
    express: Option<Keeps>,
}

impl Folded {
    pub(crate) fn new(id: ExecutionId) -> Self {
        Self {
            execution: Execution::begin(id),
            arn: "".into(),
            hand_outs_before: BTreeMap::new(),
            express: None,
        }
    }

    /// Reads on from where it had come to, to the end of the history.
    pub(crate) async fn catch_up(&mut self, store: &Store) -> Result<(), EngineError> {
        let page = HistoryPage { rows_max: ROWS_A_READ, bytes_max: BYTES_A_READ };
        loop {
            let from = HistoryFrom::After { seq: self.execution.last_seq().0 };
            let rows = store.history_rows(self.execution.id(), from, page).await?;
            if rows.is_empty() {
                return Ok(());
            }
            rows.iter().try_for_each(|row| self.row(row))?;
            // A long history leaves the thread to others between two reads.
            tokio::task::yield_now().await;
        }
    }

    fn row(&mut self, row: &HistoryRow) -> Result<(), EngineError> {
        let events = codec::decode(row.format, &row.events)
            .map_err(|error| EngineError::Refused { reason: error.to_string() })?;
        self.execution.count_from(Seq(row.seq));
        for (number, event) in (row.seq..).map(WaitId).zip(&events) {
            self.execution.apply(event, row.at);
            if let EventKind::ExecutionStarted(started) = &event.kind {
                self.arn = started.execution_arn.as_str().into();
                self.express = started.express;
            } else if let EventKind::TaskOfferedAgain { wait, .. } = &event.kind {
                let before = self.hand_outs_before.remove(wait).unwrap_or(0);
                self.hand_outs_before.insert(number, before + 1);
            }
        }
        Ok(())
    }
}
