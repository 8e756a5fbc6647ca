//! `ListStateMachines`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use super::describe_state_machine::type_name;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::ListStateMachinesRequest {
        namespace: call.namespace(),
        max_results: call.count("maxResults"),
        next_token: call.text("nextToken"),
    };
    let operation = call.operations.list_state_machines(request);
    let found = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("stateMachines", found.state_machines.into_iter().map(item).collect::<Vec<Value>>())
        .with_text("nextToken", found.next_token)
        .done())
}

fn item(found: v1::list_state_machines_response::Item) -> Value {
    let machine_type = type_name(found.r#type());
    Fields::new()
        .with("stateMachineArn", found.state_machine_arn)
        .with("name", found.name)
        .with("type", machine_type)
        .with_time("creationDate", found.created_at.as_ref())
        .done()
}
