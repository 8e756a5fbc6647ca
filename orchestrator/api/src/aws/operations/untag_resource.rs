//! `UntagResource`.

use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let keys = call.list("tagKeys");
    let request = v1::UntagResourceRequest {
        namespace: call.namespace(),
        resource: call.arn("resourceArn")?,
        tag_keys: keys.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let operation = call.operations.untag_resource(request);
    let v1::UntagResourceResponse {} = call.operations.answer(None, operation).await?;
    Ok(Fields::new().done())
}
