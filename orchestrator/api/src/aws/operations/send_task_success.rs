//! `SendTaskSuccess`.

use everstep_proto::v1;
use everstep_proto::v1::task_outcome::Outcome;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let outcome = Outcome::Output(call.text("output"));
    report(call, outcome).await
}

/// One outcome of one task.
pub(super) async fn report(mut call: Call, outcome: Outcome) -> Answer {
    let outcome = v1::TaskOutcome { token: call.text("taskToken"), outcome: Some(outcome) };
    let request = v1::ReportTasksRequest { outcomes: vec![outcome] };
    let operation = call.operations.report_tasks(request);
    let results = call.operations.answer(None, operation).await?;
    results.into_iter().try_for_each(|(_, result)| result)?;
    Ok(Fields::new().done())
}
