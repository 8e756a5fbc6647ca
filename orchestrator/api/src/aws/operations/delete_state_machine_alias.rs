//! `DeleteStateMachineAlias`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::DeleteStateMachineAliasRequest {
        namespace: call.namespace(),
        state_machine_alias: call.arn("stateMachineAliasArn")?,
    };
    let operation = call.operations.delete_state_machine_alias(request);
    let v1::DeleteStateMachineAliasResponse {} = call.operations.answer(None, operation).await?;
    Ok(Fields::new().done())
}
