//! Versions: the newest revision of a machine, published where it is not yet.

use everstep_proto::v1::{
    ListStateMachineVersionsRequest, PublishStateMachineVersionRequest, StateMachine,
};

use super::Action;
use crate::client::Client;
use crate::error::CommandError;
use crate::template::Version;

/// What was done, and the version's ARN; none where a dry run can't know the number. `machine` is what was done about
/// its machine.
pub(super) async fn apply(
    client: &Client,
    version: &Version,
    (machine, dry_run): (Option<Action>, bool),
) -> Result<(Action, Option<String>), CommandError> {
    let changes = machine.is_some_and(|action| action != Action::Keep);
    if dry_run && changes {
        return Ok((Action::Create, None));
    }
    let published = published(client, &version.machine).await?;
    if dry_run {
        return Ok(match published {
            Some(arn) => (Action::Keep, Some(arn)),
            None => (Action::Create, None),
        });
    }
    let request = PublishStateMachineVersionRequest {
        namespace: client.namespace.clone(),
        state_machine: version.machine.clone(),
        revision_id: version.revision.clone().unwrap_or_default(),
        description: version.description.clone(),
    };
    let answer = client.versions().publish_state_machine_version(client.request(request)).await;
    let answer = answer.map_err(|status| {
        let error = client.refusal(&status);
        let message = format!("the version {}: {}", version.id, error.message);
        CommandError { message, ..error }
    })?;
    let arn = answer.into_inner().state_machine_version_arn;
    let kept = published.as_ref() == Some(&arn);
    Ok((if kept { Action::Keep } else { Action::Create }, Some(arn)))
}

/// The version of the newest revision.
async fn published(client: &Client, machine: &str) -> Result<Option<String>, CommandError> {
    let request = ListStateMachineVersionsRequest {
        namespace: client.namespace.clone(),
        state_machine: machine.to_owned(),
        // The newest comes first.
        max_results: 1,
        next_token: String::new(),
    };
    let request = client.request(request);
    let listed = client.call(client.versions().list_state_machine_versions(request)).await?;
    let Some(item) = listed.state_machine_versions.into_iter().next() else { return Ok(None) };
    let arn = item.state_machine_version_arn;
    let StateMachine { revision_id, .. } = client.describe_machine(&arn).await?;
    let newest = client.describe_machine(machine).await?;
    Ok((newest.revision_id == revision_id).then_some(arn))
}
