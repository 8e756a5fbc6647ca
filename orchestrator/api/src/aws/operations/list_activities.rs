//! `ListActivities`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::ListActivitiesRequest {
        namespace: call.namespace(),
        max_results: call.count("maxResults"),
        next_token: call.text("nextToken"),
    };
    let operation = call.operations.list_activities(request);
    let found = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("activities", found.activities.into_iter().map(item).collect::<Vec<Value>>())
        .with_text("nextToken", found.next_token)
        .done())
}

fn item(found: v1::Activity) -> Value {
    Fields::new()
        .with("activityArn", found.activity_arn)
        .with("name", found.name)
        .with_time("creationDate", found.created_at.as_ref())
        .done()
}
