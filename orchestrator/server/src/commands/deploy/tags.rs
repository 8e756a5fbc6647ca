//! The tags of a resource, brought to what is said of them.

use std::collections::BTreeMap;

use everstep_proto::v1::{
    ListTagsForResourceRequest, Tag, TagResourceRequest, UntagResourceRequest,
};

use super::Action;
use crate::client::Client;
use crate::error::CommandError;

pub(super) fn list(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// Nothing is said of them where there are none `wanted`: they stay.
pub(super) async fn set(
    client: &Client,
    arn: &str,
    wanted: Option<&BTreeMap<String, String>>,
    dry_run: bool,
) -> Result<Action, CommandError> {
    let Some(wanted) = wanted else { return Ok(Action::Keep) };
    let (namespace, resource) = (client.namespace.clone(), arn.to_owned());
    let request = ListTagsForResourceRequest { namespace, resource };
    let listed = client.call(client.tags().list_tags_for_resource(client.request(request))).await?;
    let found: BTreeMap<String, String> =
        listed.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    if found == *wanted {
        return Ok(Action::Keep);
    }
    let gone: Vec<String> = found.into_keys().filter(|key| !wanted.contains_key(key)).collect();
    if !dry_run && !gone.is_empty() {
        let (namespace, resource) = (client.namespace.clone(), arn.to_owned());
        let request = UntagResourceRequest { namespace, resource, tag_keys: gone };
        client.call(client.tags().untag_resource(client.request(request))).await?;
    }
    if !dry_run && !wanted.is_empty() {
        let (namespace, resource) = (client.namespace.clone(), arn.to_owned());
        let request = TagResourceRequest { namespace, resource, tags: list(wanted) };
        client.call(client.tags().tag_resource(client.request(request))).await?;
    }
    Ok(Action::Update)
}
