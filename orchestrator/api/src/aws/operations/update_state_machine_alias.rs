//! `UpdateStateMachineAlias`.

use everstep_proto::v1;

use super::Answer;
use super::create_state_machine_alias::routes;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::UpdateStateMachineAliasRequest {
        namespace: call.namespace(),
        state_machine_alias: call.arn("stateMachineAliasArn")?,
        description: call.some_text("description"),
        routing_configuration: routes(&mut call)?,
    };
    let operation = call.operations.update_state_machine_alias(request);
    let updated = call.operations.answer(None, operation).await?;
    Ok(Fields::new().with_time("updateDate", updated.updated_at.as_ref()).done())
}
