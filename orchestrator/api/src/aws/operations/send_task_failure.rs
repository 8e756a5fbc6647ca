//! `SendTaskFailure`.

use everstep_proto::v1;
use everstep_proto::v1::task_outcome::Outcome;

use super::Answer;
use super::send_task_success::report;
use crate::aws::call::Call;

pub(super) async fn answer(mut call: Call) -> Answer {
    let failure = v1::TaskError { error: call.text("error"), cause: call.text("cause") };
    report(call, Outcome::Failure(failure)).await
}
