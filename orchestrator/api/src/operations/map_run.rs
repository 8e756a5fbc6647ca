//! Map runs as a request names them, and as the answers show them.

use std::sync::Arc;

use engine::Namespace;
use everstep_proto::v1;
use execution::event::MapRunStarted;
use execution::map_run::{Counts, MapRun, MapRunStatus};
use execution::{Event, EventKind, ExecutionId, WaitId, codec};
use store::{HistoryFrom, HistoryPage};
use uuid::Uuid;

use super::Operations;
use crate::errors::{Reason, Refusal};
use crate::timestamps::timestamp;
use crate::{arn, check};

const FIELD: &str = "map_run";

const ONE_ROW: HistoryPage = HistoryPage { rows_max: 1, bytes_max: u64::MAX >> 1 };

/// A run as a request named it.
#[derive(Debug)]
pub(super) struct FoundRun {
    pub(super) id: Uuid,
    /// `MACHINE/LABEL`.
    pub(super) machine: String,
    pub(super) execution: ExecutionId,
    pub(super) started: Arc<MapRunStarted>,
}

/// How it stands.
#[derive(Debug)]
pub(super) struct RunState {
    pub(super) execution: ExecutionId,
    pub(super) execution_arn: String,
    pub(super) run: MapRun,
}

impl Operations {
    /// Read from the row that started it: cheap however long the run is.
    pub(super) async fn find_map_run(
        &self,
        namespace: &Namespace,
        text: &str,
    ) -> Result<FoundRun, Refusal> {
        if text.is_empty() {
            return Err(check::missing(FIELD));
        }
        let (machine, id) =
            arn::parse_map_run(namespace, text).map_err(|error| Refusal::arn(FIELD, &error))?;
        let id = Uuid::parse_str(id).map_err(|_| unknown(text))?;
        let store = self.engine.store();
        for execution in store.executions_of_map_run(id).await? {
            // Another namespace may have the same account and region.
            let row = store.execution(execution).await?;
            if row.is_none_or(|row| row.namespace != namespace.id) {
                continue;
            }
            let started = self.run_started(execution, WaitId::of_map_run(id)).await?;
            let Some(started) = started.filter(|started| *started.arn == *text) else { continue };
            return Ok(FoundRun { id, machine: machine.to_owned(), execution, started });
        }
        Err(unknown(text))
    }

    pub(super) async fn map_run(&self, namespace: &str, text: &str) -> Result<RunState, Refusal> {
        let namespace = self.namespace(namespace).await?;
        let FoundRun { id, execution, .. } = self.find_map_run(&namespace, text).await?;
        let runs = self.engine.map_runs(execution).await?.ok_or_else(|| unknown(text))?;
        let wait = WaitId::of_map_run(id);
        let run = runs.runs.into_iter().find(|run| run.wait == wait);
        let run = run.ok_or_else(|| unknown(text))?;
        Ok(RunState { execution, execution_arn: runs.execution_arn.to_string(), run })
    }

    async fn run_started(
        &self,
        execution: ExecutionId,
        wait: WaitId,
    ) -> Result<Option<Arc<MapRunStarted>>, Refusal> {
        let from = HistoryFrom::Holding { seq: wait.0 };
        let rows = self.engine.store().history_rows(execution, from, ONE_ROW).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Ok(events) = codec::decode(row.format, &row.events) else { return Ok(None) };
        let place = usize::try_from(wait.0 - row.seq).unwrap_or(usize::MAX);
        let Some(Event { kind: EventKind::MapRunStarted(started), .. }) =
            events.into_iter().nth(place)
        else {
            return Ok(None);
        };
        Ok(Some(started))
    }
}

fn unknown(arn: &str) -> Refusal {
    Refusal::new(Reason::ResourceNotFound, format!("Resource not found: '{arn}'")).at(FIELD)
}

pub(super) fn shown(execution_arn: String, run: &MapRun) -> v1::MapRun {
    let limits = run.limits;
    v1::MapRun {
        map_run_arn: run.started.arn.to_string(),
        execution_arn,
        status: status(run.status).into(),
        started_at: Some(timestamp(run.started_at)),
        stopped_at: run.ended_at.map(timestamp),
        max_concurrency: limits.max_concurrency,
        tolerated_failure_count: limits.tolerated_failure_count.unwrap_or_default(),
        tolerated_failure_percentage: limits.tolerated_failure_percentage.unwrap_or_default(),
        item_counts: Some(counts(&run.items)),
        execution_counts: Some(counts(&run.executions)),
        redrive_count: run.redrive_count,
        redriven_at: run.redriven_at.map(timestamp),
    }
}

fn status(status: MapRunStatus) -> v1::MapRunStatus {
    match status {
        MapRunStatus::Running => v1::MapRunStatus::Running,
        MapRunStatus::Succeeded => v1::MapRunStatus::Succeeded,
        MapRunStatus::Failed => v1::MapRunStatus::Failed,
        MapRunStatus::Aborted => v1::MapRunStatus::Aborted,
    }
}

fn counts(counts: &Counts) -> v1::MapRunCounts {
    v1::MapRunCounts {
        pending: counts.pending(),
        running: counts.running,
        succeeded: counts.succeeded,
        failed: counts.failed,
        timed_out: counts.timed_out,
        aborted: counts.aborted,
        total: counts.total,
        results_written: counts.results_written,
        failures_not_redrivable: 0,
        pending_redrive: counts.pending_redrive,
    }
}
