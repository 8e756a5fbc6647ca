//! Versions: every member in and out. What AWS answered was recorded by `LocalStack`'s tests (`test_sfn_api_versioning`).

use serde_json::{Value, json};

use super::client::{ARN, Aws, ROLE, text};
use crate::world::{ONE_TASK, PASS, World, soon};

impl Aws {
    /// The machine `order`, published as version 1.
    async fn published(&self) -> Value {
        let request = json!({
            "name": "order", "definition": PASS, "roleArn": ROLE, "publish": true, "versionDescription": "first",
        });
        self.ok("CreateStateMachine", request).await
    }

    async fn versions(&self, machine: &str) -> Vec<String> {
        let listed =
            self.ok("ListStateMachineVersions", json!({ "stateMachineArn": machine })).await;
        let versions = listed["stateMachineVersions"].as_array().expect("a list");
        versions.iter().map(|version| text(version, "stateMachineVersionArn")).collect()
    }
}

/// `test_create_publish_describe_with_version_description`, `test_publish_state_machine_version`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_published_described_listed_and_deleted() {
    let world = World::new().await;
    let aws = world.aws();
    let created = aws.published().await;
    let order = format!("{ARN}:stateMachine:order");
    assert_eq!(created["stateMachineVersionArn"], format!("{order}:1"));
    let version = json!({ "stateMachineArn": format!("{order}:1") });
    let described = aws.ok("DescribeStateMachine", version.clone()).await;
    assert_eq!(described["stateMachineArn"], format!("{order}:1"));
    assert_eq!(described["description"], "first");
    assert_eq!(described.get("revisionId"), None);

    let update = json!({ "stateMachineArn": order, "definition": ONE_TASK });
    let updated = aws.ok("UpdateStateMachine", update).await;
    assert_eq!(updated.get("stateMachineVersionArn"), None);
    let publish = json!({
        "stateMachineArn": order, "revisionId": updated["revisionId"], "description": "second",
    });
    let published = aws.ok("PublishStateMachineVersion", publish.clone()).await;
    assert_eq!(published["stateMachineVersionArn"], format!("{order}:2"));
    assert!(published["creationDate"].is_number());
    let update = json!({
        "stateMachineArn": order, "definition": PASS, "publish": true, "versionDescription": "third",
    });
    let third = aws.ok("UpdateStateMachine", update).await;
    assert_eq!(third["stateMachineVersionArn"], format!("{order}:3"));
    let outdated = aws.refused("PublishStateMachineVersion", publish).await;
    assert_eq!((outdated.status, outdated.code()), (400, "ConflictException"));

    assert_eq!(aws.versions(&order).await, [3, 2, 1].map(|n| format!("{order}:{n}")));
    let page = json!({ "stateMachineArn": order, "maxResults": 2 });
    let page = aws.ok("ListStateMachineVersions", page).await;
    let rest = json!({ "stateMachineArn": order, "maxResults": 2, "nextToken": page["nextToken"] });
    let rest = aws.ok("ListStateMachineVersions", rest).await;
    assert_eq!(rest["stateMachineVersions"][0]["stateMachineVersionArn"], format!("{order}:1"));
    assert_eq!(rest.get("nextToken"), None);
    let delete = json!({ "stateMachineVersionArn": format!("{order}:1") });
    for _ in 0..2 {
        assert_eq!(aws.ok("DeleteStateMachineVersion", delete.clone()).await, json!({}));
    }
    let gone = aws.refused("DescribeStateMachine", version).await;
    assert_eq!(gone.message(), format!("State Machine Does Not Exist: '{order}:1'"));
}

/// `test_start_version_execution`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_shows_the_version_that_it_was_started_on() {
    let world = World::new().await;
    let aws = world.aws();
    let version = text(&aws.published().await, "stateMachineVersionArn");
    let execution = aws.start(&version, "{}").await;
    soon(world.watch(&execution)).await;

    let described = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
    assert_eq!(described["stateMachineArn"], format!("{ARN}:stateMachine:order"));
    assert_eq!(described["stateMachineVersionArn"], version);
    assert_eq!(described.get("stateMachineAliasArn"), None);
    let history = aws.ok("GetExecutionHistory", json!({ "executionArn": execution })).await;
    let started = &history["events"][0]["executionStartedEventDetails"];
    assert_eq!(started["stateMachineVersionArn"], version);
    let listed = aws.ok("ListExecutions", json!({ "stateMachineArn": version })).await;
    assert_eq!(listed["executions"][0]["stateMachineVersionArn"], version);
    assert_eq!(listed["executions"].as_array().map(Vec::len), Some(1));
    let unknown = json!({ "stateMachineArn": format!("{ARN}:stateMachine:order:7") });
    for operation in ["StartExecution", "ListExecutions", "UpdateStateMachine"] {
        let mut request = unknown.clone();
        request["roleArn"] = ROLE.into();
        let refused = aws.refused(operation, request).await;
        assert_eq!(refused.code(), "StateMachineDoesNotExist", "{operation}");
    }
}
