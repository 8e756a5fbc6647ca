//! `TagResource`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::{Call, take_text};
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::TagResourceRequest {
        namespace: call.namespace(),
        resource: call.arn("resourceArn")?,
        tags: tags(&mut call),
    };
    let operation = call.operations.tag_resource(request);
    let v1::TagResourceResponse {} = call.operations.answer(None, operation).await?;
    Ok(Fields::new().done())
}

pub(super) fn tags(call: &mut Call) -> Vec<v1::Tag> {
    let tag = |mut given: Value| v1::Tag {
        key: take_text(&mut given, "key").unwrap_or_default(),
        value: take_text(&mut given, "value").unwrap_or_default(),
    };
    call.list("tags").into_iter().map(tag).collect()
}
