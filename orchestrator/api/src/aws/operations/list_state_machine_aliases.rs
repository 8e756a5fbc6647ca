//! `ListStateMachineAliases`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::ListStateMachineAliasesRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
        max_results: call.count("maxResults"),
        next_token: call.text("nextToken"),
    };
    let operation = call.operations.list_state_machine_aliases(request);
    let found = call.operations.answer(None, operation).await?;
    let aliases: Vec<Value> = found.state_machine_aliases.into_iter().map(item).collect();
    Ok(Fields::new()
        .with("stateMachineAliases", aliases)
        .with_text("nextToken", found.next_token)
        .done())
}

fn item(found: v1::list_state_machine_aliases_response::Item) -> Value {
    Fields::new()
        .with("stateMachineAliasArn", found.state_machine_alias_arn)
        .with_time("creationDate", found.created_at.as_ref())
        .done()
}
