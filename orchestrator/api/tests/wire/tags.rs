//! Tags of machines and activities. What AWS answers was recorded by `LocalStack`'s tests (`test_sfn_api_tagging`).

use everstep_proto::v1;

use crate::activities;
use crate::world::{PASS, World, create, reason};

pub(crate) fn tags(tags: &[(&str, &str)]) -> Vec<v1::Tag> {
    tags.iter().map(|(key, value)| v1::Tag { key: (*key).into(), value: (*value).into() }).collect()
}

pub(crate) fn tag(resource: &str, given: &[(&str, &str)]) -> v1::TagResourceRequest {
    v1::TagResourceRequest {
        resource: resource.to_owned(),
        tags: tags(given),
        ..v1::TagResourceRequest::default()
    }
}

impl World {
    async fn tags_of(&self, resource: &str) -> Vec<v1::Tag> {
        let request = v1::ListTagsForResourceRequest {
            resource: resource.to_owned(),
            ..v1::ListTagsForResourceRequest::default()
        };
        self.tags.clone().list_tags_for_resource(request).await.expect("lists").into_inner().tags
    }
}

/// `test_tag_state_machine`, `test_untag_state_machine`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_is_tagged_and_untagged() {
    let mut world = World::new().await;
    let order = world.create("order", PASS).await;
    assert!(world.tags_of(&order).await.is_empty());
    world.tags.tag_resource(tag(&order, &[])).await.unwrap();
    world.tags.tag_resource(tag(&order, &[("key2", ""), ("key1", "value1")])).await.unwrap();
    world.tags.tag_resource(tag(&order, &[("key2", "value2")])).await.unwrap();
    assert_eq!(world.tags_of(&order).await, tags(&[("key1", "value1"), ("key2", "value2")]));
    let untag = v1::UntagResourceRequest {
        resource: order.clone(),
        tag_keys: vec!["key2".to_owned(), "key3".to_owned()],
        ..v1::UntagResourceRequest::default()
    };
    world.tags.untag_resource(untag).await.unwrap();
    assert_eq!(world.tags_of(&order).await, tags(&[("key1", "value1")]));
}

/// AWS's documentation of `CreateStateMachine` and `CreateActivity`: tags of a repeated creation are ignored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_created_takes_its_tags_along_and_keeps_them() {
    let mut world = World::new().await;
    for team in ["pay", "ship"] {
        let tags = tags(&[("team", team)]);
        let machine = v1::CreateStateMachineRequest { tags: tags.clone(), ..create("order", PASS) };
        world.machines.create_state_machine(machine).await.unwrap();
        let activity = v1::CreateActivityRequest { tags, ..activities::create("pay") };
        world.activities.create_activity(activity).await.unwrap();
    }
    for resource in ["stateMachine:order", "activity:pay"] {
        let arn = format!("arn:aws:states:us-east-1:000000000000:{resource}");
        assert_eq!(world.tags_of(&arn).await, tags(&[("team", "pay")]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resource_has_fifty_tags_at_most() {
    let mut world = World::new().await;
    let order = world.create("order", PASS).await;
    let keys: Vec<String> = (0..51).map(|number| format!("key{number}")).collect();
    let given: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "")).collect();
    world.tags.tag_resource(tag(&order, &given[..50])).await.unwrap();
    world.tags.tag_resource(tag(&order, &given[..50])).await.unwrap();

    for too_many in [&given[50..], &given[..]] {
        let refused = world.tags.tag_resource(tag(&order, too_many)).await.unwrap_err();
        assert_eq!(reason(&refused), "TooManyTags");
    }
    assert_eq!(world.tags_of(&order).await.len(), 50);
    let machine = v1::CreateStateMachineRequest { tags: tags(&given), ..create("other", PASS) };
    let refused = world.machines.create_state_machine(machine).await.unwrap_err();
    assert_eq!(reason(&refused), "TooManyTags");
}
