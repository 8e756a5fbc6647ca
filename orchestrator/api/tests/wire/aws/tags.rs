//! Tags: every member in and out. What AWS answered was recorded by `LocalStack`'s tests (`test_sfn_api_tagging`).

use serde_json::{Value, json};

use super::client::{ARN, Aws, ROLE, text};
use crate::world::{PASS, World};

async fn tags_of(aws: &Aws, arn: &str) -> Value {
    aws.ok("ListTagsForResource", json!({ "resourceArn": arn })).await["tags"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_and_activities_are_tagged_and_untagged() {
    let world = World::new().await;
    let aws = world.aws();
    let tags = json!([{ "key": "team", "value": "pay" }]);
    let create = json!({ "name": "order", "definition": PASS, "roleArn": ROLE, "tags": tags });
    let order = text(&aws.ok("CreateStateMachine", create).await, "stateMachineArn");
    let create = json!({ "name": "pay", "tags": tags });
    let pay = text(&aws.ok("CreateActivity", create).await, "activityArn");
    for arn in [&order, &pay] {
        assert_eq!(tags_of(&aws, arn).await, tags);
        let more = json!([{ "key": "team", "value": "" }, { "key": "a", "value": "b" }]);
        aws.ok("TagResource", json!({ "resourceArn": arn, "tags": more })).await;
        aws.ok("UntagResource", json!({ "resourceArn": arn, "tagKeys": ["a", "z"] })).await;
        assert_eq!(tags_of(&aws, arn).await, json!([{ "key": "team", "value": "" }]));
    }
}

/// `test_tag_state_machine_version`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_tagged_is_refused() {
    let world = World::new().await;
    let aws = world.aws();
    let order = aws.create("order", PASS).await;
    aws.ok("PublishStateMachineVersion", json!({ "stateMachineArn": order })).await;
    for arn in [format!("{order}:1"), format!("{ARN}:activity:nobody")] {
        let tags = json!([{ "key": "k", "value": "v" }]);
        let refused = aws.refused("TagResource", json!({ "resourceArn": arn, "tags": tags })).await;
        assert_eq!((refused.status, refused.code()), (400, "ResourceNotFound"));
        assert_eq!(refused.message(), format!("Resource not found: '{arn}'"));
    }
    let tags: Vec<Value> =
        (0..51).map(|n| json!({ "key": format!("k{n}"), "value": "" })).collect();
    let many = aws.refused("TagResource", json!({ "resourceArn": order, "tags": &tags })).await;
    assert_eq!((many.status, many.code()), (400, "TooManyTags"));
    let machine = json!({ "name": "more", "definition": PASS, "roleArn": ROLE, "tags": tags });
    for (operation, request) in [
        ("CreateStateMachine", machine),
        ("CreateActivity", json!({ "name": "pay", "tags": tags })),
    ] {
        let many = aws.refused(operation, request).await;
        assert_eq!((many.status, many.code()), (400, "TooManyTags"), "{operation}");
    }
    for operation in ["ListTagsForResource", "UntagResource"] {
        let nobody = format!("{ARN}:stateMachine:nobody");
        let request = json!({ "resourceArn": nobody, "tagKeys": ["k"] });
        let refused = aws.refused(operation, request).await;
        assert_eq!((refused.status, refused.code()), (400, "ResourceNotFound"), "{operation}");
    }
    let bare = aws.refused("ListTagsForResource", json!({ "resourceArn": "order" })).await;
    assert_eq!(bare.code(), "InvalidArn");
}
