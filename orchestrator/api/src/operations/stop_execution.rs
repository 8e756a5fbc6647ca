//! `StopExecution`: ends an execution as ABORTED. One that has ended already answers with its own end, as AWS has it.

use engine::EngineError;
use everstep_proto::v1;
use execution::event::Failure;

use super::Operations;
use crate::check;
use crate::errors::Refusal;
use crate::limits::{CAUSE_LENGTH_MAX, ERROR_LENGTH_MAX};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn stop_execution(
        &self,
        request: v1::StopExecutionRequest,
    ) -> Result<v1::StopExecutionResponse, Refusal> {
        let v1::StopExecutionRequest { execution, error, cause, namespace } = request;
        check::length("error", error.as_deref().unwrap_or_default(), ERROR_LENGTH_MAX)?;
        check::length("cause", cause.as_deref().unwrap_or_default(), CAUSE_LENGTH_MAX)?;
        let found = self.execution(&namespace, &execution).await?;
        if let Some(ended_at) = found.row.ended_at {
            return Ok(v1::StopExecutionResponse { stopped_at: Some(timestamp(ended_at)) });
        }
        let id = found.row.id;
        let stopped_at = match self.engine.stop(id, Failure { error, cause }).await {
            Ok(at) => at,
            Err(EngineError::ExecutionEnded) => self.ended_at(&found.arn, id).await?,
            Err(refused) => return Err(Refusal::of_execution(&found.arn, refused)),
        };
        tracing::debug!(execution = found.arn, "execution stopped");
        Ok(v1::StopExecutionResponse { stopped_at: Some(timestamp(stopped_at)) })
    }

    /// It ended between the look and the stop.
    async fn ended_at(
        &self,
        arn: &str,
        id: execution::ExecutionId,
    ) -> Result<chrono::DateTime<chrono::Utc>, Refusal> {
        let row = self.engine.store().execution(id).await?;
        row.and_then(|row| row.ended_at).ok_or_else(|| Refusal::execution_unknown(arn))
    }
}
