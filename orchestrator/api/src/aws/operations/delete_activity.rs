//! `DeleteActivity`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::DeleteActivityRequest {
        namespace: call.namespace(),
        activity: call.arn("activityArn")?,
    };
    let operation = call.operations.delete_activity(request);
    let v1::DeleteActivityResponse {} = call.operations.answer(None, operation).await?;
    Ok(Fields::new().done())
}
