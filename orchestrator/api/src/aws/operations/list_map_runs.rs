//! `ListMapRuns`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::ListMapRunsRequest {
        execution: call.execution()?,
        max_results: call.count("maxResults"),
        next_token: call.text("nextToken"),
        namespace: call.namespace(),
    };
    let operation = call.operations.list_map_runs(request);
    let found = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("mapRuns", found.map_runs.into_iter().map(item).collect::<Vec<Value>>())
        .with_text("nextToken", found.next_token)
        .done())
}

fn item(found: v1::list_map_runs_response::Item) -> Value {
    Fields::new()
        .with("executionArn", found.execution_arn)
        .with("mapRunArn", found.map_run_arn)
        .with("stateMachineArn", found.state_machine_arn)
        .with_time("startDate", found.started_at.as_ref())
        .with_time("stopDate", found.stopped_at.as_ref())
        .done()
}
