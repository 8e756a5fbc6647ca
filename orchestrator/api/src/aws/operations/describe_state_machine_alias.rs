//! `DescribeStateMachineAlias`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::DescribeStateMachineAliasRequest {
        namespace: call.namespace(),
        state_machine_alias: call.arn("stateMachineAliasArn")?,
    };
    let operation = call.operations.describe_state_machine_alias(request);
    let found = call.operations.answer(None, operation).await?;
    let routes: Vec<Value> = found.routing_configuration.into_iter().map(route).collect();
    Ok(Fields::new()
        .with("stateMachineAliasArn", found.state_machine_alias_arn)
        .with("name", found.name)
        .with_text("description", found.description)
        .with("routingConfiguration", routes)
        .with_time("creationDate", found.created_at.as_ref())
        .with_time("updateDate", found.updated_at.as_ref())
        .done())
}

fn route(route: v1::AliasRoute) -> Value {
    Fields::new()
        .with("stateMachineVersionArn", route.state_machine_version)
        .with("weight", route.weight)
        .done()
}
