//! `StartExecution`: the hot path. The machine comes from memory; the one statement is the engine's commit.

use std::sync::Arc;

use engine::{EngineError, Machine, Start};
use everstep_proto::v1;

use super::Operations;
use crate::errors::Refusal;
use crate::limits::TRACE_HEADER_LENGTH_MAX;
use crate::timestamps::timestamp;
use crate::{arn, check};

impl Operations {
    pub async fn start_execution(
        &self,
        request: v1::StartExecutionRequest,
    ) -> Result<v1::StartExecutionResponse, Refusal> {
        let name = request.name.clone();
        let start = self.checked_start(request).await?;
        let machine = Arc::clone(&start.machine);
        let started = self.engine.start(start).await;
        let started = started.map_err(|error| start_refused(&machine, &name, error))?;
        let execution_arn = arn::execution_on(&machine, &started.name, started.id);
        tracing::debug!(execution = execution_arn, "execution started");
        let started_at = Some(timestamp(started.started_at));
        Ok(v1::StartExecutionResponse { execution_arn, started_at })
    }

    pub(super) async fn checked_start(
        &self,
        request: v1::StartExecutionRequest,
    ) -> Result<Start, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        // As AWS: a machine that is not there is told before a name or an input that is wrong.
        let machine = self.machine_to_start(&namespace, &request.state_machine).await?;
        if !request.name.is_empty() {
            check::name("name", &request.name)?;
        }
        let input = check::input(&namespace, request.input)?;
        check::length("trace_header", &request.trace_header, TRACE_HEADER_LENGTH_MAX)?;
        let of = Arc::clone(&machine);
        let arns = Box::new(move |name: &str, id| {
            (arn::execution_on(&of, name, id), arn::state_machine(&of.namespace, &of.name))
        });
        let name = Some(request.name).filter(|name| !name.is_empty());
        let trace_header = Some(request.trace_header).filter(|header| !header.is_empty());
        let mut start = Start::new(machine, name, input, arns);
        start.trace_header = trace_header;
        Ok(start)
    }
}

pub(super) fn start_refused(machine: &Machine, name: &str, error: EngineError) -> Refusal {
    let arn = arn::execution(&machine.namespace, &machine.name, name);
    Refusal::of_execution(&arn, error)
}
