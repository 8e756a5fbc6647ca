//! `CreateStateMachineAlias`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::{Call, named_by_arn, take_text, whole};
use crate::aws::fields::Fields;
use crate::errors::Refusal;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::CreateStateMachineAliasRequest {
        namespace: call.namespace(),
        name: call.text("name"),
        description: call.text("description"),
        routing_configuration: routes(&mut call)?,
    };
    let operation = call.operations.create_state_machine_alias(request);
    let created = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("stateMachineAliasArn", created.state_machine_alias_arn)
        .with_time("creationDate", created.created_at.as_ref())
        .done())
}

/// Versions are named by their ARNs alone.
pub(super) fn routes(call: &mut Call) -> Result<Vec<v1::AliasRoute>, Refusal> {
    let route = |mut given: Value| {
        let version = take_text(&mut given, "stateMachineVersionArn").unwrap_or_default();
        let weight = given.get("weight").and_then(whole).unwrap_or_default();
        Ok(v1::AliasRoute {
            state_machine_version: named_by_arn("routingConfiguration", version)?,
            weight: u32::try_from(weight).unwrap_or(u32::MAX),
        })
    };
    call.list("routingConfiguration").into_iter().map(route).collect()
}
