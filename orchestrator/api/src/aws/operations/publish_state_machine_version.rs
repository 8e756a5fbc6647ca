//! `PublishStateMachineVersion`.

use everstep_proto::v1;

use super::Answer;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let request = v1::PublishStateMachineVersionRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
        revision_id: call.text("revisionId"),
        description: call.text("description"),
    };
    let operation = call.operations.publish_state_machine_version(request);
    let published = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("stateMachineVersionArn", published.state_machine_version_arn)
        .with_time("creationDate", published.created_at.as_ref())
        .done())
}
