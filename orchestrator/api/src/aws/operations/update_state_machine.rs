//! `UpdateStateMachine`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::configuration;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let configuration = configuration::read(&mut call)?;
    let is_given = configuration != v1::StateMachineConfiguration::default();
    let request = v1::UpdateStateMachineRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
        definition: call.some_text("definition"),
        role_arn: call.role()?,
        configuration: is_given.then_some(configuration),
        publish: call.flag("publish").unwrap_or_default(),
        version_description: call.text("versionDescription"),
    };
    let operation = Box::pin(call.operations.update_state_machine(request));
    let updated = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with_time("updateDate", updated.updated_at.as_ref())
        .with_text("revisionId", updated.revision_id)
        .with_text("stateMachineVersionArn", updated.state_machine_version_arn)
        .done())
}
