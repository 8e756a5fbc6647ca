//! `RedriveExecution`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::RedriveExecutionRequest {
        execution: call.execution()?,
        client_token: call.some_text("clientToken"),
        namespace: call.namespace(),
    };
    let operation = call.operations.redrive_execution(request);
    let redriven = call.operations.answer(None, operation).await?;
    Ok(Fields::new().with_time("redriveDate", redriven.redriven_at.as_ref()).done())
}
