//! `ListExecutions`: newest first, of one machine, of one map run or all, by status and by when they started.

use chrono::{DateTime, Utc};
use engine::{Namespace, Qualifier};
use everstep_proto::v1;
use execution::ExecutionId;
use store::{ExecutionFilter, ExecutionPage, ExecutionRow, ExecutionStatus, MachineId};
use uuid::Uuid;

use super::Operations;
use super::lookup::{arn_of, machine_qualified};
use super::map_run::FoundRun;
use crate::errors::{Reason, Refusal};
use crate::page::{self, Query};
use crate::timestamps::{instant, timestamp};
use crate::{arn, check};

const EITHER: &str = "Exactly one of stateMachineArn and mapRunArn can be given";
const FILTER_OF_RUNS: &str = "redriveFilter can be given with mapRunArn alone";

impl Operations {
    pub async fn list_executions(
        &self,
        request: v1::ListExecutionsRequest,
    ) -> Result<v1::ListExecutionsResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let namespace = self.namespace(&request.namespace).await?;
        if !request.map_run.is_empty() && !request.state_machine.is_empty() {
            return Err(Refusal::new(Reason::ValidationException, EITHER).at("map_run"));
        }
        let redriven = redriven(&request)?;
        let run = match request.map_run.as_str() {
            "" => None,
            text => Some(self.find_map_run(&namespace, text).await?),
        };
        let started_by = self.started_by(&namespace, &request.state_machine).await?;
        let filter = ExecutionFilter {
            namespace: namespace.id,
            machine: started_by.machine,
            version: started_by.version,
            alias: started_by.alias,
            status: wanted(request.status)?,
            started_from: moment("started_from", request.started_from.as_ref())?,
            started_before: moment("started_before", request.started_before.as_ref())?,
            redriven,
        };
        let run_id = run.as_ref().map(|run| run.id);
        let query = Query { seal: &self.seal, text: format!("executions: {run_id:?} {filter:?}") };
        let after = position(&query, &request.next_token)?;
        // One more than asked for says whether there is a next page.
        let page = ExecutionPage { after, rows_max: size + 1 };
        let store = self.engine.store();
        let mut rows = match run_id {
            Some(run) => store.map_run_executions(run, &filter, page).await?,
            None => store.executions(&filter, page).await?,
        };
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token = last.map_or_else(String::new, |row| query.token(row.id.0.as_bytes()));
        let executions = rows.into_iter().map(|row| item(&namespace, run.as_ref(), row)).collect();
        Ok(v1::ListExecutionsResponse { executions, next_token })
    }
}

fn item(
    namespace: &Namespace,
    run: Option<&FoundRun>,
    row: ExecutionRow,
) -> v1::list_executions_response::Item {
    let state_machine_version_arn = version_arn(namespace, &row);
    let state_machine_alias_arn = alias_arn(namespace, &row);
    let (execution_arn, machine) = match run {
        None => (arn::execution_of(namespace, &row), row.machine_name),
        Some(FoundRun { machine, started, .. }) => {
            let of_child = if started.express { arn::express } else { arn::execution };
            (of_child(namespace, machine, &row.name), machine.clone())
        }
    };
    v1::list_executions_response::Item {
        execution_arn,
        state_machine_arn: arn::state_machine(namespace, &machine),
        status: row_status(row.status).into(),
        started_at: Some(timestamp(row.started_at)),
        stopped_at: row.ended_at.map(timestamp),
        redrive_count: row.redriven.map_or(0, |redriven| redriven.count),
        redriven_at: row.redriven.map(|redriven| timestamp(redriven.at)),
        state_machine_version_arn,
        state_machine_alias_arn,
        name: row.name,
        map_run_arn: run.map(|run| run.started.arn.to_string()).unwrap_or_default(),
        item_count: row.of_map_run.map(|of| of.items.unsigned_abs()),
    }
}

/// What a list is of: every machine, one, or what was started on a version or by an alias.
#[derive(Debug, Default)]
struct StartedBy {
    machine: Option<MachineId>,
    version: Option<i64>,
    alias: Option<String>,
}

impl Operations {
    async fn started_by(&self, namespace: &Namespace, text: &str) -> Result<StartedBy, Refusal> {
        if text.is_empty() {
            return Ok(StartedBy::default());
        }
        let (name, qualifier) = machine_qualified(namespace, text)?;
        let unknown = || Refusal::machine_unknown(&arn_of(namespace, name, &qualifier));
        let machine = self.machine_row(namespace, name).await.map_err(|_| unknown())?.id;
        let (version, alias) = match &qualifier {
            Qualifier::Newest => (None, None),
            Qualifier::Version(number) => {
                (Some(self.version_row(namespace, name, *number).await?.1.number), None)
            }
            Qualifier::Alias(alias) => {
                let found = self.engine.store().alias(machine, alias).await?;
                (None, Some(found.ok_or_else(unknown)?.name))
            }
        };
        Ok(StartedBy { machine: Some(machine), version, alias })
    }
}

/// Empty where the execution was started by the machine itself, as the next.
pub(super) fn version_arn(namespace: &Namespace, row: &ExecutionRow) -> String {
    let version = |number| arn::version(namespace, &row.machine_name, number);
    row.version.map(version).unwrap_or_default()
}

pub(super) fn alias_arn(namespace: &Namespace, row: &ExecutionRow) -> String {
    let alias = |name: &String| arn::alias(namespace, &row.machine_name, name);
    row.alias.as_ref().map(alias).unwrap_or_default()
}

fn position(query: &Query<'_>, token: &str) -> Result<Option<ExecutionId>, Refusal> {
    let Some(position) = query.position(token)? else { return Ok(None) };
    let id = Uuid::from_slice(&position).map_err(|_| Refusal::next_token())?;
    Ok(Some(ExecutionId(id)))
}

/// As AWS: of the children of a map run alone.
fn redriven(request: &v1::ListExecutionsRequest) -> Result<Option<bool>, Refusal> {
    const FIELD: &str = "redrive_filter";
    let Ok(filter) = v1::RedriveFilter::try_from(request.redrive_filter) else {
        let must = "be one of REDRIVEN, NOT_REDRIVEN";
        return Err(check::constraint(FIELD, Some(&request.redrive_filter.to_string()), must));
    };
    let redriven = match filter {
        v1::RedriveFilter::Unspecified => return Ok(None),
        v1::RedriveFilter::Redriven => true,
        v1::RedriveFilter::NotRedriven => false,
    };
    if request.map_run.is_empty() {
        return Err(Refusal::new(Reason::ValidationException, FILTER_OF_RUNS).at(FIELD));
    }
    Ok(Some(redriven))
}

fn wanted(status: i32) -> Result<Option<ExecutionStatus>, Refusal> {
    let Ok(status) = v1::ExecutionStatus::try_from(status) else {
        let must = "be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED";
        return Err(check::constraint("status", Some(&status.to_string()), must));
    };
    Ok(match status {
        v1::ExecutionStatus::Unspecified => None,
        v1::ExecutionStatus::Running => Some(ExecutionStatus::Running),
        v1::ExecutionStatus::Succeeded => Some(ExecutionStatus::Succeeded),
        v1::ExecutionStatus::Failed => Some(ExecutionStatus::Failed),
        v1::ExecutionStatus::TimedOut => Some(ExecutionStatus::TimedOut),
        v1::ExecutionStatus::Aborted => Some(ExecutionStatus::Aborted),
    })
}

pub(super) fn row_status(status: ExecutionStatus) -> v1::ExecutionStatus {
    match status {
        ExecutionStatus::Running => v1::ExecutionStatus::Running,
        ExecutionStatus::Succeeded => v1::ExecutionStatus::Succeeded,
        ExecutionStatus::Failed => v1::ExecutionStatus::Failed,
        ExecutionStatus::TimedOut => v1::ExecutionStatus::TimedOut,
        ExecutionStatus::Aborted => v1::ExecutionStatus::Aborted,
    }
}

fn moment(
    field: &str,
    at: Option<&prost_types::Timestamp>,
) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(at) = at else { return Ok(None) };
    match instant(at) {
        Some(at) => Ok(Some(at)),
        None => Err(check::constraint(field, None, "be a valid google.protobuf.Timestamp")),
    }
}
