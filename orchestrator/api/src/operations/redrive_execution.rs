//! `RedriveExecution`: opens an execution that has ended without success. AWS's rules, but for its limit of fourteen days.

use everstep_proto::v1;
use store::{ExecutionRow, ExecutionStatus, MachineStatus, MachineType};

use super::Operations;
use crate::check;
use crate::errors::{Reason, Refusal, not_redrivable};
use crate::limits::CLIENT_TOKEN_LENGTH_MAX;
use crate::timestamps::timestamp;

/// AWS's text.
const DELETING: &str = "State machine is in DELETING status";
/// Ours: AWS's operation knows no ARN of an Express execution.
const EXPRESS: &str = "Execution is of an EXPRESS state machine and cannot be redriven";
const BY_MAP_RUN: &str =
    "Execution is a child of a Map Run, which is redriven with its parent execution";

/// Whether an execution can be redriven as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Redrivable {
    Yes,
    /// With its parent alone.
    ByMapRun,
    No(String),
}

impl Operations {
    pub async fn redrive_execution(
        &self,
        request: v1::RedriveExecutionRequest,
    ) -> Result<v1::RedriveExecutionResponse, Refusal> {
        let v1::RedriveExecutionRequest { execution, client_token, namespace } = request;
        client_token.as_deref().map_or(Ok(()), check_token)?;
        let found = self.execution(&namespace, &execution).await?;
        let refused = |reason: &str| Err(Refusal::new(Reason::ExecutionNotRedrivable, reason));
        match self.redrivable(&found.row).await? {
            Redrivable::Yes => {}
            // What the token has asked for may have taken place, and even have come to its end.
            Redrivable::No(_) if client_token.is_some() && found.row.redriven.is_some() => {}
            Redrivable::No(reason) => return refused(&reason),
            Redrivable::ByMapRun => return refused(BY_MAP_RUN),
        }
        let open_max = found.namespace.limits.open_executions;
        let redriven = self.engine.redrive(found.row.id, client_token, open_max).await;
        let redriven = redriven.map_err(|error| Refusal::of_execution(&found.arn, error))?;
        tracing::debug!(execution = found.arn, count = redriven.count, "execution redriven");
        Ok(v1::RedriveExecutionResponse { redriven_at: Some(timestamp(redriven.at)) })
    }

    pub(super) async fn redrivable(&self, row: &ExecutionRow) -> Result<Redrivable, Refusal> {
        match row.status {
            ExecutionStatus::Running | ExecutionStatus::Succeeded => {
                return Ok(Redrivable::No(not_redrivable(row.status.as_text())));
            }
            ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => {}
        }
        if row.of_map_run.is_some() {
            return Ok(Redrivable::ByMapRun);
        }
        if row.machine_type == MachineType::Express {
            return Ok(Redrivable::No(EXPRESS.to_owned()));
        }
        let machine = self.engine.store().machine(row.machine).await?;
        let stands = machine.is_some_and(|machine| machine.status == MachineStatus::Active);
        Ok(if stands { Redrivable::Yes } else { Redrivable::No(DELETING.to_owned()) })
    }
}

impl Redrivable {
    /// As `DescribeExecution` shows it.
    pub(super) fn show(self, shown: &mut v1::Execution) {
        let status = match self {
            Self::Yes => v1::RedriveStatus::Redrivable,
            Self::ByMapRun => v1::RedriveStatus::RedrivableByMapRun,
            Self::No(reason) => {
                shown.redrive_status_reason = Some(reason);
                v1::RedriveStatus::NotRedrivable
            }
        };
        shown.redrive_status = status.into();
    }
}

fn check_token(token: &str) -> Result<(), Refusal> {
    const FIELD: &str = "client_token";
    check::length(FIELD, token, CLIENT_TOKEN_LENGTH_MAX)?;
    if token.is_empty() {
        return Err(check::constraint(FIELD, None, "have length greater than or equal to 1"));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let must = "satisfy regular expression pattern: [!-~]+";
        return Err(check::constraint(FIELD, Some(token), must));
    }
    Ok(())
}
