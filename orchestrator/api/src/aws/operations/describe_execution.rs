//! `DescribeExecution`.

use everstep_proto::v1;
use serde_json::{Value, json};

use super::{Answer, after};
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let included = call.member("includedData").and_then(Value::as_str) != Some("METADATA_ONLY");
    let execution = call.execution()?;
    let request = v1::DescribeExecutionRequest { execution, namespace: call.namespace() };
    let operation = call.operations.describe_execution(request);
    let found = call.operations.answer(None, operation).await?;
    Ok(described(found, included))
}

fn described(found: v1::Execution, included: bool) -> Value {
    let status = found.status();
    let data = |payload: Option<String>| payload.filter(|_| included);
    let details = json!({ "included": included });
    let output_details = found.output.is_some().then(|| details.clone());
    // Seen on AWS: one that took too long shows neither.
    let failed = |text: Option<String>| text.filter(|_| status != v1::ExecutionStatus::TimedOut);
    let redrive_status = found.redrive_status();
    Fields::new()
        .with("executionArn", found.execution_arn)
        .with("stateMachineArn", found.state_machine_arn)
        .with_text("stateMachineVersionArn", found.state_machine_version_arn)
        .with_text("stateMachineAliasArn", found.state_machine_alias_arn)
        .with("name", found.name)
        .with("status", execution_status(status))
        .with_time("startDate", found.started_at.as_ref())
        .with_time("stopDate", found.stopped_at.as_ref())
        .with_some("input", data(Some(found.input)))
        .with("inputDetails", details)
        .with_some("output", data(found.output))
        .with_some("outputDetails", output_details)
        .with_some("error", failed(found.error))
        .with_some("cause", failed(found.cause))
        .with_text("traceHeader", found.trace_header)
        .with_text("mapRunArn", found.map_run_arn)
        .with("redriveCount", found.redrive_count)
        .with_time("redriveDate", found.redriven_at.as_ref())
        .with("redriveStatus", after("REDRIVE_STATUS_", redrive_status.as_str_name()))
        .with_some("redriveStatusReason", found.redrive_status_reason)
        .done()
}

pub(super) fn execution_status(status: v1::ExecutionStatus) -> &'static str {
    after("EXECUTION_STATUS_", status.as_str_name())
}
