//! `UpdateMapRun`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::{Call, whole};
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let percentage = call.member("toleratedFailurePercentage").and_then(Value::as_f64);
    let request = v1::UpdateMapRunRequest {
        map_run: call.arn("mapRunArn")?,
        max_concurrency: call.member("maxConcurrency").and_then(whole),
        tolerated_failure_count: call.member("toleratedFailureCount").and_then(whole),
        tolerated_failure_percentage: percentage,
        namespace: call.namespace(),
    };
    let operation = call.operations.update_map_run(request);
    let v1::UpdateMapRunResponse {} = call.operations.answer(None, operation).await?;
    Ok(Fields::new().done())
}
