//! `DeleteStateMachine`: one that is not there is deleted already, as AWS has it.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::errors::Reason;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::DeleteStateMachineRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
    };
    let operation = call.operations.delete_state_machine(request);
    match call.operations.answer(None, operation).await {
        Ok(v1::DeleteStateMachineResponse {}) => Ok(Fields::new().done()),
        Err(refusal) if refusal.reason == Reason::StateMachineDoesNotExist => {
            Ok(Fields::new().done())
        }
        Err(refusal) => Err(refusal),
    }
}
