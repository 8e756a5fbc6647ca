//! `StartExecutionAndWait`: starts, and answers with the end, or with RUNNING once the wait is over.

use std::sync::Arc;
use std::time::Duration;

use asl::Payload;
use engine::{Ended, Machine, Started};
use everstep_proto::v1;

use super::describe_execution::execution_status;
use super::start_execution::start_refused;
use super::{Operations, no_answer};
use crate::errors::Refusal;
use crate::limits::{ANSWER_WITHIN, START_WAIT_MAX};
use crate::timestamps::{span, timestamp};
use crate::{arn, check};

impl Operations {
    /// `patience`: how long the client waits at all.
    pub async fn start_execution_and_wait(
        &self,
        request: v1::StartExecutionAndWaitRequest,
        patience: Option<Duration>,
    ) -> Result<v1::Execution, Refusal> {
        let request_start = request.start.ok_or_else(|| check::missing("start"))?;
        let wait = match &request.wait {
            None => START_WAIT_MAX,
            Some(wait) => span(wait).ok_or_else(|| {
                check::constraint("wait", None, "be a duration that is not negative")
            })?,
        };
        let wait = wait.min(START_WAIT_MAX).min(patience.unwrap_or(START_WAIT_MAX));
        // The start's own commit takes part of the client's patience.
        let wait = if patience == Some(wait) { wait.mul_f64(0.9) } else { wait };
        let name = request_start.name.clone();
        let start = self.answer(patience, self.checked_start(request_start)).await?;
        let (machine, input) = (Arc::clone(&start.machine), start.input.clone());
        // The wait begins once the start is durable, which an outage can hold up.
        let within = patience.unwrap_or(wait + ANSWER_WITHIN);
        let started = tokio::time::timeout(within, self.engine.start_and_wait(start, wait)).await;
        let started = started.map_err(|_| no_answer(within))?;
        let (started, ended) = started.map_err(|error| start_refused(&machine, &name, error))?;
        Ok(shown(&machine, &input, started, ended))
    }
}

pub(super) fn shown(
    machine: &Machine,
    input: &Payload,
    started: Started,
    ended: Option<Ended>,
) -> v1::Execution {
    let namespace = &machine.namespace;
    let version = machine.version.map(|number| arn::version(namespace, &machine.name, number));
    let alias = machine.alias.as_ref().map(|alias| arn::alias(namespace, &machine.name, alias));
    let mut shown = v1::Execution {
        execution_arn: arn::execution_on(machine, &started.name, started.id),
        state_machine_arn: arn::state_machine(namespace, &machine.name),
        state_machine_version_arn: version.unwrap_or_default(),
        state_machine_alias_arn: alias.unwrap_or_default(),
        name: started.name,
        status: v1::ExecutionStatus::Running.into(),
        started_at: Some(timestamp(started.started_at)),
        input: input.text().to_owned(),
        ..v1::Execution::default()
    };
    if let Some(ended) = ended {
        shown.status = execution_status(ended.status).into();
        shown.stopped_at = Some(timestamp(ended.ended_at));
        shown.output = ended.output.map(|output| output.text().to_owned());
        shown.error = ended.failure.error;
        shown.cause = ended.failure.cause;
    }
    shown
}
