//! `CreateStateMachine`.

use everstep_proto::v1;

use super::Answer;
use super::tag_resource::tags;
use crate::aws::call::Call;
use crate::aws::configuration;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let machine_type = machine_type(&call);
    let request = v1::CreateStateMachineRequest {
        namespace: call.namespace(),
        name: call.text("name"),
        definition: call.text("definition"),
        role_arn: call.role()?.unwrap_or_default(),
        r#type: machine_type.into(),
        configuration: Some(configuration::read(&mut call)?),
        publish: call.flag("publish").unwrap_or_default(),
        version_description: call.text("versionDescription"),
        tags: tags(&mut call),
    };
    let operation = call.operations.create_state_machine(request);
    let created = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("stateMachineArn", created.state_machine_arn)
        .with_time("creationDate", created.created_at.as_ref())
        .with_text("stateMachineVersionArn", created.state_machine_version_arn)
        .done())
}

pub(super) fn machine_type(call: &Call) -> v1::StateMachineType {
    match call.member("type").and_then(serde_json::Value::as_str) {
        Some("EXPRESS") => v1::StateMachineType::Express,
        Some(_) | None => v1::StateMachineType::Standard,
    }
}
