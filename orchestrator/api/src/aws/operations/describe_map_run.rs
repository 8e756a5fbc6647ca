//! `DescribeMapRun`.

use super::after;
use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request =
        v1::DescribeMapRunRequest { map_run: call.arn("mapRunArn")?, namespace: call.namespace() };
    let operation = call.operations.describe_map_run(request);
    let found = call.operations.answer(None, operation).await?;
    let status = found.status();
    Ok(Fields::new()
        .with("mapRunArn", found.map_run_arn)
        .with("executionArn", found.execution_arn)
        .with("status", after("MAP_RUN_STATUS_", status.as_str_name()))
        .with_time("startDate", found.started_at.as_ref())
        .with_time("stopDate", found.stopped_at.as_ref())
        .with("maxConcurrency", found.max_concurrency)
        .with("toleratedFailurePercentage", found.tolerated_failure_percentage)
        .with("toleratedFailureCount", found.tolerated_failure_count)
        .with("itemCounts", counts(found.item_counts.unwrap_or_default()))
        .with("executionCounts", counts(found.execution_counts.unwrap_or_default()))
        .with("redriveCount", found.redrive_count)
        .with_time("redriveDate", found.redriven_at.as_ref())
        .done())
}

fn counts(found: v1::MapRunCounts) -> Fields {
    Fields::new()
        .with("pending", found.pending)
        .with("running", found.running)
        .with("succeeded", found.succeeded)
        .with("failed", found.failed)
        .with("timedOut", found.timed_out)
        .with("aborted", found.aborted)
        .with("total", found.total)
        .with("resultsWritten", found.results_written)
        .with("failuresNotRedrivable", found.failures_not_redrivable)
        .with("pendingRedrive", found.pending_redrive)
}
