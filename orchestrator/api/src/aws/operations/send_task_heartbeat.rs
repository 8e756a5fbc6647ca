//! `SendTaskHeartbeat`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::errors::Refusal;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::HeartbeatTasksRequest { tokens: vec![call.text("taskToken")] };
    let operation = call.operations.heartbeat_tasks(request);
    let answer = call.operations.answer(None, operation).await?;
    if answer.cancelled.is_empty() { Ok(Fields::new().done()) } else { Err(Refusal::task_over()) }
}
