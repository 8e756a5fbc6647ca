//! `StopExecution`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::StopExecutionRequest {
        execution: call.execution()?,
        error: call.some_text("error"),
        cause: call.some_text("cause"),
        namespace: call.namespace(),
    };
    let operation = call.operations.stop_execution(request);
    let stopped = call.operations.answer(None, operation).await?;
    Ok(Fields::new().with_time("stopDate", stopped.stopped_at.as_ref()).done())
}
