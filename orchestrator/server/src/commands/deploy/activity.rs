//! Activities, each created where it is missing.

use everstep_proto::v1::{CreateActivityRequest, DescribeActivityRequest};
use tonic::Code;

use super::{Action, tags};
use crate::client::Client;
use crate::error::CommandError;
use crate::template::Activity;

/// An encryption that is there cannot be changed: the server refuses another.
pub(super) async fn apply(
    client: &Client,
    (activity, arn): (&Activity, &str),
    dry_run: bool,
) -> Result<Action, CommandError> {
    let namespace = client.namespace.clone();
    let request = DescribeActivityRequest { namespace, activity: activity.name.clone() };
    let found = match client.activities().describe_activity(client.request(request)).await {
        Ok(_) => true,
        Err(status) if status.code() == Code::NotFound => false,
        Err(status) => return Err(client.refusal(&status)),
    };
    let says_encryption = activity.encryption.is_some();
    if !dry_run && (!found || says_encryption) {
        create(client, activity).await?;
    }
    if !found {
        return Ok(Action::Create);
    }
    tags::set(client, arn, activity.tags.as_ref(), dry_run).await
}

async fn create(client: &Client, activity: &Activity) -> Result<(), CommandError> {
    let request = CreateActivityRequest {
        namespace: client.namespace.clone(),
        name: activity.name.clone(),
        encryption: activity.encryption.clone().unwrap_or_default(),
        tags: activity.tags.as_ref().map(tags::list).unwrap_or_default(),
    };
    let created = client.activities().create_activity(client.request(request)).await;
    created.map(drop).map_err(|status| {
        let error = client.refusal(&status);
        let message = format!("the activity {}: {}", activity.name, error.message);
        CommandError { message, ..error }
    })
}
