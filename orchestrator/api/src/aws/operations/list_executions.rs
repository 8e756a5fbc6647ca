//! `ListExecutions`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use super::describe_execution::execution_status;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::errors::{Reason, Refusal};

pub(super) async fn answer(mut call: Call) -> Answer {
    if call.member("stateMachineArn").is_none() && call.member("mapRunArn").is_none() {
        let message = "1 validation error detected: Must provide a StateMachine ARN or MapRun ARN";
        return Err(Refusal::new(Reason::ValidationException, message));
    }
    let state_machine = call.arn("stateMachineArn")?;
    if !state_machine.is_empty() {
        let check = call.operations.check_standard_machine(&call.namespace.name, &state_machine);
        call.operations.answer(None, check).await?;
    }
    let request = v1::ListExecutionsRequest {
        namespace: call.namespace(),
        state_machine,
        status: status(&call).into(),
        max_results: call.count("maxResults"),
        next_token: call.text("nextToken"),
        started_from: None,
        started_before: None,
        map_run: call.arn("mapRunArn")?,
        redrive_filter: redrive_filter(&call).into(),
    };
    let pending = call.member("statusFilter").is_some_and(|status| status == "PENDING_REDRIVE");
    let operation = call.operations.list_executions(request);
    let mut found = call.operations.answer(None, operation).await?;
    if pending {
        // A child that its run redrives shows how it had ended until it runs again.
        found = v1::ListExecutionsResponse::default();
    }
    Ok(Fields::new()
        .with("executions", found.executions.into_iter().map(item).collect::<Vec<Value>>())
        .with_text("nextToken", found.next_token)
        .done())
}

fn status(call: &Call) -> v1::ExecutionStatus {
    let asked = call.member("statusFilter").and_then(Value::as_str).unwrap_or_default();
    v1::ExecutionStatus::from_str_name(&format!("EXECUTION_STATUS_{asked}")).unwrap_or_default()
}

fn redrive_filter(call: &Call) -> v1::RedriveFilter {
    let asked = call.member("redriveFilter").and_then(Value::as_str).unwrap_or_default();
    v1::RedriveFilter::from_str_name(&format!("REDRIVE_FILTER_{asked}")).unwrap_or_default()
}

fn item(found: v1::list_executions_response::Item) -> Value {
    let status = execution_status(found.status());
    Fields::new()
        .with("executionArn", found.execution_arn)
        .with("stateMachineArn", found.state_machine_arn)
        .with_text("stateMachineVersionArn", found.state_machine_version_arn)
        .with_text("stateMachineAliasArn", found.state_machine_alias_arn)
        .with("name", found.name)
        .with("status", status)
        .with_time("startDate", found.started_at.as_ref())
        .with_time("stopDate", found.stopped_at.as_ref())
        .with_text("mapRunArn", found.map_run_arn)
        .with_some("itemCount", found.item_count)
        .with("redriveCount", found.redrive_count)
        .with_time("redriveDate", found.redriven_at.as_ref())
        .done()
}
