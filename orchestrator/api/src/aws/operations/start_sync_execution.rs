//! `StartSyncExecution`: answers with the end of an Express execution.

use std::time::Duration;

use everstep_proto::v1;
use serde_json::{Value, json};

use super::Answer;
use super::describe_execution::execution_status;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::errors::Refusal;

pub(super) async fn answer(mut call: Call) -> Answer {
    let included = call.member("includedData").and_then(Value::as_str) != Some("METADATA_ONLY");
    let start = v1::StartExecutionRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
        name: call.text("name"),
        input: call.text("input"),
        ..v1::StartExecutionRequest::default()
    };
    let request = v1::StartSyncExecutionRequest {
        start: Some(start),
        trace_header: call.text("traceHeader"),
        exclude_execution_data: !included,
    };
    let ended = tokio::select! {
        ended = call.operations.start_sync_execution(request, None) => ended?,
        () = call.stop.cancelled() => {
            return Err(Refusal::unavailable("this node is stopping", Duration::from_secs(1)));
        }
    };
    Ok(shown(ended, included))
}

fn shown(ended: v1::StartSyncExecutionResponse, included: bool) -> Value {
    let found = ended.execution.unwrap_or_default();
    let details = json!({ "included": included });
    let status = found.status();
    let billing = ended.billing.unwrap_or_default();
    Fields::new()
        .with("executionArn", found.execution_arn)
        .with("stateMachineArn", found.state_machine_arn)
        .with("name", found.name)
        .with_time("startDate", found.started_at.as_ref())
        .with_time("stopDate", found.stopped_at.as_ref())
        .with("status", execution_status(status))
        .with_some("error", found.error)
        .with_some("cause", found.cause)
        .with_some("input", Some(found.input).filter(|_| included))
        .with("inputDetails", details.clone())
        .with_some("output", found.output)
        // Seen on AWS: of a failure, too.
        .with("outputDetails", details)
        .with_text("traceHeader", ended.trace_header)
        .with(
            "billingDetails",
            Fields::new()
                .with("billedMemoryUsedInMB", billing.billed_memory_used_in_mb)
                .with("billedDurationInMilliseconds", billing.billed_duration_in_milliseconds),
        )
        .done()
}
