//! `StartExecution`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::StartExecutionRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
        name: call.text("name"),
        input: call.text("input"),
        trace_header: call.text("traceHeader"),
    };
    let operation = call.operations.start_execution(request);
    let started = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("executionArn", started.execution_arn)
        .with_time("startDate", started.started_at.as_ref())
        .done())
}
