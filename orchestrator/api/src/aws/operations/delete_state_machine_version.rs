//! `DeleteStateMachineVersion`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::DeleteStateMachineVersionRequest {
        namespace: call.namespace(),
        state_machine_version: call.arn("stateMachineVersionArn")?,
    };
    let operation = call.operations.delete_state_machine_version(request);
    let v1::DeleteStateMachineVersionResponse {} = call.operations.answer(None, operation).await?;
    Ok(Fields::new().done())
}
