//! `GetExecutionHistory`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::aws::history;

pub(super) async fn answer(mut call: Call) -> Answer {
    let included = call.flag("includeExecutionData").unwrap_or(true);
    let request = v1::GetExecutionHistoryRequest {
        execution: call.execution()?,
        max_results: call.count("maxResults"),
        reverse_order: call.flag("reverseOrder").unwrap_or(false),
        next_token: call.text("nextToken"),
        exclude_execution_data: !included,
        namespace: call.namespace(),
    };
    let operation = call.operations.get_execution_history(request);
    let found = call.operations.answer(None, operation).await?;
    let event = |event| history::event(event, included);
    Ok(Fields::new()
        .with("events", found.events.into_iter().map(event).collect::<Vec<Value>>())
        .with_text("nextToken", found.next_token)
        .done())
}
