//! `StartSyncExecution`: runs an Express execution to its end. How it ended is an answer, not an error.

use std::sync::Arc;
use std::time::Duration;

use engine::Ended;
use everstep_proto::v1;
use execution::express::SECONDS_MAX;

use super::start_execution::start_refused;
use super::start_execution_and_wait::shown;
use super::{Operations, no_answer};
use crate::check;
use crate::errors::Refusal;
use crate::express::type_not_supported;
use crate::limits::{ANSWER_WITHIN, TRACE_HEADER_LENGTH_MAX};

/// AWS bills memory in chunks of 64 MB and time in steps of 100 ms; ours is never more than one chunk.
const BILLED_MB: u64 = 64;
const BILLED_STEP_MS: u64 = 100;

impl Operations {
    /// `patience`: how long the client waits at all.
    pub async fn start_sync_execution(
        &self,
        request: v1::StartSyncExecutionRequest,
        patience: Option<Duration>,
    ) -> Result<v1::StartSyncExecutionResponse, Refusal> {
        let v1::StartSyncExecutionRequest { start, trace_header, exclude_execution_data } = request;
        check::length("trace_header", &trace_header, TRACE_HEADER_LENGTH_MAX)?;
        let start = start.ok_or_else(|| check::missing("start"))?;
        let name = start.name.clone();
        let start = self.answer(patience, self.checked_start(start)).await?;
        let (machine, input) = (Arc::clone(&start.machine), start.input.clone());
        if machine.express.is_none() {
            return Err(type_not_supported());
        }
        let within = patience.unwrap_or(Duration::from_secs(SECONDS_MAX) + ANSWER_WITHIN);
        let ended = tokio::time::timeout(within, self.engine.start_sync(start)).await;
        let ended = ended.map_err(|_| no_answer(within))?;
        let (started, ended) = ended.map_err(|error| start_refused(&machine, &name, error))?;
        let billing = Some(billed(&ended, started.started_at));
        let mut execution = shown(&machine, &input, started, Some(ended));
        tracing::debug!(execution = execution.execution_arn, "execution run to its end");
        if exclude_execution_data {
            execution.input.clear();
            execution.output = None;
        }
        Ok(v1::StartSyncExecutionResponse { execution: Some(execution), billing, trace_header })
    }
}

fn billed(ended: &Ended, started_at: chrono::DateTime<chrono::Utc>) -> v1::BillingDetails {
    let ran = (ended.ended_at - started_at).to_std().unwrap_or_default();
    let steps = u64::try_from(ran.as_millis()).unwrap_or(u64::MAX).div_ceil(BILLED_STEP_MS).max(1);
    v1::BillingDetails {
        billed_duration_in_milliseconds: steps.saturating_mul(BILLED_STEP_MS),
        billed_memory_used_in_mb: BILLED_MB,
    }
}
