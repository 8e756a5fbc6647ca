//! `DescribeExecution`: how an execution stands, and what each open branch waits for.
//!
//! What has ended is read from the first and the last row of its history; only what runs is folded.

use chrono::{DateTime, Utc};
use everstep_proto::v1;
use execution::codec::decode;
use execution::event::{ExecutionStarted, Failure, Settings};
use execution::{Event, EventKind, Execution, PublicId, Status};
use store::{ExecutionStatus, HistoryFrom, HistoryPage, HistoryRow, MachineType};

use super::Operations;
use super::describe_state_machine::revision_id;
use super::list_executions::{alias_arn, row_status, version_arn};
use super::lookup::Found;
use super::redrive_execution::Redrivable;
use crate::errors::{HISTORY_FULL, Reason, Refusal};
use crate::open_branches::{Folded, in_memory, open_branches};
use crate::timestamps::timestamp;

/// Rows folded per read: memory stays small however long the history is.
const FOLD_PAGE: HistoryPage = HistoryPage { rows_max: 500, bytes_max: 4 * 1_048_576 };
const ONE_ROW: HistoryPage = HistoryPage { rows_max: 1, bytes_max: u64::MAX >> 1 };

/// What the history says of an end.
#[derive(Debug, Default)]
struct End {
    status: Option<Status>,
    at: Option<DateTime<Utc>>,
    output: Option<String>,
    failure: Failure,
}

impl Operations {
    pub async fn describe_execution(
        &self,
        request: v1::DescribeExecutionRequest,
    ) -> Result<v1::Execution, Refusal> {
        let found = self.execution(&request.namespace, &request.execution).await?;
        let revision = self.engine.store().revision(found.row.revision).await?;
        let mut shown = v1::Execution {
            state_machine_arn: found.machine_arn(),
            map_run_arn: found.map_run_arn().unwrap_or_default(),
            item_count: found.row.of_map_run.map(|of| of.items.unsigned_abs()),
            name: found.row.name.clone(),
            status: row_status(found.row.status).into(),
            started_at: Some(timestamp(found.row.started_at)),
            revision_id: revision.as_ref().map(revision_id).unwrap_or_default(),
            redrive_count: found.row.redriven.map_or(0, |redriven| redriven.count),
            redriven_at: found.row.redriven.map(|redriven| timestamp(redriven.at)),
            state_machine_version_arn: version_arn(&found.namespace, &found.row),
            state_machine_alias_arn: alias_arn(&found.namespace, &found.row),
            ..v1::Execution::default()
        };
        self.redrivable(&found.row).await?.show(&mut shown);
        let end = match found.row.status {
            ExecutionStatus::Running => self.describe_running(&found, &mut shown).await?,
            ExecutionStatus::Succeeded
            | ExecutionStatus::Failed
            | ExecutionStatus::TimedOut
            | ExecutionStatus::Aborted => self.describe_ended(&found, &mut shown).await?,
        };
        if let Some(status) = end.status {
            shown.status = execution_status(status).into();
        }
        if end.status.is_some() && found.row.status == ExecutionStatus::Running {
            // It ended between the two reads: what may be done with it changed, too.
            let row = self.engine.store().execution(found.row.id).await?;
            self.redrivable(&row.unwrap_or(found.row)).await?.show(&mut shown);
        }
        shown.stopped_at = end.at.map(timestamp);
        shown.output = end.output;
        shown.error = end.failure.error;
        shown.cause = end.failure.cause;
        shown.execution_arn = found.arn;
        Ok(shown)
    }

    async fn describe_ended(
        &self,
        found: &Found,
        shown: &mut v1::Execution,
    ) -> Result<End, Refusal> {
        let store = self.engine.store();
        let first = HistoryFrom::After { seq: 0 };
        let mut settings = Settings::default();
        for row in store.history_rows(found.row.id, first, ONE_ROW).await? {
            let events = events(found, &row)?;
            show_start(&events, shown);
            shown.parent_execution_arn = parent(&events).unwrap_or_default();
            settings = started(&events).map_or(settings, |started| started.settings);
        }
        let mut end = End::default();
        for row in store.history_rows(found.row.id, HistoryFrom::Last, ONE_ROW).await? {
            end.read(&events(found, &row)?, row.at);
            if shown.redrive_status() == v1::RedriveStatus::Redrivable
                && settings.is_history_full(PublicId(row.last_public))
            {
                Redrivable::No(HISTORY_FULL.to_owned()).show(shown);
            }
        }
        Ok(end)
    }

    async fn describe_running(
        &self,
        found: &Found,
        shown: &mut v1::Execution,
    ) -> Result<End, Refusal> {
        let mut folded = Folded::new(Execution::begin(found.row.id));
        let mut end = End::default();
        let mut seq = 0;
        loop {
            let after = HistoryFrom::After { seq };
            let rows = self.engine.store().history_rows(found.row.id, after, FOLD_PAGE).await?;
            let Some(last) = rows.last() else { break };
            seq = last.last_seq;
            for row in &rows {
                let events = events(found, row)?;
                show_start(&events, shown);
                folded.apply(row, &events);
                end.read(&events, row.at);
            }
            // A long history leaves the thread to others between two pages.
            tokio::task::yield_now().await;
        }
        let pollers = |queue: &str| self.engine.pollers(found.namespace.id, queue);
        let is_express = found.row.machine_type == MachineType::Express;
        shown.open_branches = if is_express && !folded.execution().is_quarantined() {
            vec![in_memory(&folded, found.row.started_at)]
        } else {
            open_branches(&folded, pollers)
        };
        let parent = folded.execution().parent();
        shown.parent_execution_arn = parent.map(|parent| parent.arn.clone()).unwrap_or_default();
        Ok(end)
    }
}

/// The events of a row; one that can't be read is told as such, with the execution's ARN.
pub(super) fn events(found: &Found, row: &HistoryRow) -> Result<Vec<Event>, Refusal> {
    decode(row.format, &row.events).map_err(|error| {
        tracing::error!(execution = found.arn, seq = row.seq, %error, "a history row can't be read");
        let message = format!("the history of '{}' can't be read at {}: {error}", found.arn, row.seq);
        Refusal::new(Reason::InternalServerError, message)
    })
}

/// What the caller gave, which the first event of all carries.
fn show_start(events: &[Event], shown: &mut v1::Execution) {
    let Some(first) = events.first() else { return };
    let EventKind::ExecutionStarted(started) = &first.kind else { return };
    let input = first.payload.as_ref().map(|payload| payload.text().to_owned());
    shown.input = input.unwrap_or_default();
    shown.trace_header = started.started_by.trace_header.clone().unwrap_or_default();
}

fn parent(events: &[Event]) -> Option<String> {
    started(events)?.parent.as_ref().map(|parent| parent.arn.clone())
}

fn started(events: &[Event]) -> Option<&ExecutionStarted> {
    let EventKind::ExecutionStarted(started) = &events.first()?.kind else { return None };
    Some(started)
}

fn is_redrive(event: &Event) -> bool {
    matches!(event.kind, EventKind::ExecutionRedriven(_))
}

impl End {
    fn read(&mut self, events: &[Event], at: DateTime<Utc>) {
        // A redrive opens again what had ended.
        let redriven = events.iter().rposition(is_redrive);
        if redriven.is_some() {
            *self = Self::default();
        }
        let events = &events[redriven.unwrap_or(0)..];
        let Some((status, event, failure)) = events.iter().rev().find_map(ended_by) else { return };
        self.status = Some(status);
        self.at = Some(at);
        self.output = match status {
            Status::Succeeded => event.payload.as_ref().map(|payload| payload.text().to_owned()),
            Status::Running | Status::Failed | Status::TimedOut | Status::Aborted => None,
        };
        self.failure = failure.cloned().unwrap_or_default();
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "four events of many end an execution")]
fn ended_by(event: &Event) -> Option<(Status, &Event, Option<&Failure>)> {
    match &event.kind {
        EventKind::ExecutionSucceeded => Some((Status::Succeeded, event, None)),
        EventKind::ExecutionFailed(failure) => Some((Status::Failed, event, Some(failure))),
        EventKind::ExecutionTimedOut(failure) => Some((Status::TimedOut, event, Some(failure))),
        EventKind::ExecutionAborted(failure) => Some((Status::Aborted, event, Some(failure))),
        _ => None,
    }
}

pub(super) fn execution_status(status: Status) -> v1::ExecutionStatus {
    match status {
        Status::Running => v1::ExecutionStatus::Running,
        Status::Succeeded => v1::ExecutionStatus::Succeeded,
        Status::Failed => v1::ExecutionStatus::Failed,
        Status::TimedOut => v1::ExecutionStatus::TimedOut,
        Status::Aborted => v1::ExecutionStatus::Aborted,
    }
}
