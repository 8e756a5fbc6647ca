//! `DescribeActivity`.

use everstep_proto::v1;
use serde_json::{Value, json};

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::DescribeActivityRequest {
        namespace: call.namespace(),
        activity: call.arn("activityArn")?,
    };
    let operation = call.operations.describe_activity(request);
    let found = call.operations.answer(None, operation).await?;
    let encryption: Option<Value> = serde_json::from_str(&found.encryption).ok();
    Ok(Fields::new()
        .with("activityArn", found.activity_arn)
        .with("name", found.name)
        .with_time("creationDate", found.created_at.as_ref())
        .with(
            "encryptionConfiguration",
            encryption.unwrap_or_else(|| json!({ "type": "AWS_OWNED_KEY" })),
        )
        .done())
}
