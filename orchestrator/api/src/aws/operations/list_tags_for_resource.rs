//! `ListTagsForResource`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::ListTagsForResourceRequest {
        namespace: call.namespace(),
        resource: call.arn("resourceArn")?,
    };
    let operation = call.operations.list_tags_for_resource(request);
    let found = call.operations.answer(None, operation).await?;
    let tag = |v1::Tag { key, value }| Fields::new().with("key", key).with("value", value).done();
    let tags: Vec<Value> = found.tags.into_iter().map(tag).collect();
    Ok(Fields::new().with("tags", tags).done())
}
