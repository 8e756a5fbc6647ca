//! `CreateActivity`.

use everstep_proto::v1;

use super::Answer;
use super::tag_resource::tags;
use crate::aws::call::Call;
use crate::aws::configuration::encryption_of;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let encryption = call.structure("encryptionConfiguration");
    let encryption = encryption.map(|given| encryption_of(&given)).transpose()?;
    let request = v1::CreateActivityRequest {
        namespace: call.namespace(),
        name: call.text("name"),
        encryption: encryption.map_or_else(String::new, |encryption| encryption.to_string()),
        tags: tags(&mut call),
    };
    let operation = call.operations.create_activity(request);
    let created = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("activityArn", created.activity_arn)
        .with_time("creationDate", created.created_at.as_ref())
        .done())
}
