//! Aliases: every member in and out, and AWS's refusals. What AWS answered was recorded by `LocalStack`'s tests
//! (`test_sfn_api_aliasing`).

use serde_json::{Value, json};

use super::client::{ARN, ROLE, text};
use crate::world::{ONE_TASK, PASS, World, soon};

fn route(version: &str, weight: i64) -> Value {
    json!({ "stateMachineVersionArn": version, "weight": weight })
}

/// A machine with versions 1 and 2: their ARNs.
async fn versions(world: &World) -> [String; 2] {
    let aws = world.aws();
    let create = json!({ "name": "order", "definition": PASS, "roleArn": ROLE, "publish": true });
    let first = text(&aws.ok("CreateStateMachine", create).await, "stateMachineVersionArn");
    let order = format!("{ARN}:stateMachine:order");
    let update = json!({ "stateMachineArn": order, "definition": ONE_TASK, "publish": true });
    let second = text(&aws.ok("UpdateStateMachine", update).await, "stateMachineVersionArn");
    [first, second]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aliases_are_created_changed_described_listed_and_deleted() {
    let world = World::new().await;
    let aws = world.aws();
    let [one, two] = versions(&world).await;
    let create = json!({
        "name": "live", "description": "old", "routingConfiguration": [route(&one, 100)],
    });
    let created = aws.ok("CreateStateMachineAlias", create.clone()).await;
    assert_eq!(aws.ok("CreateStateMachineAlias", create).await, created);
    let live = text(&created, "stateMachineAliasArn");
    assert_eq!(live, format!("{ARN}:stateMachine:order:live"));
    let alias = json!({ "stateMachineAliasArn": live });
    let update = json!({
        "stateMachineAliasArn": live, "description": "new",
        "routingConfiguration": [route(&one, 50), route(&two, 50)],
    });
    let updated = aws.ok("UpdateStateMachineAlias", update).await;

    let described = aws.ok("DescribeStateMachineAlias", alias.clone()).await;
    assert_eq!(
        described,
        json!({
            "stateMachineAliasArn": live,
            "name": "live",
            "description": "new",
            "routingConfiguration": [route(&one, 50), route(&two, 50)],
            "creationDate": created["creationDate"],
            "updateDate": updated["updateDate"],
        })
    );
    let list = json!({ "stateMachineArn": two, "maxResults": 1 });
    let listed = aws.ok("ListStateMachineAliases", list).await;
    let item = json!({ "stateMachineAliasArn": live, "creationDate": created["creationDate"] });
    assert_eq!(listed, json!({ "stateMachineAliases": [item] }));
    for _ in 0..2 {
        assert_eq!(aws.ok("DeleteStateMachineAlias", alias.clone()).await, json!({}));
    }
    let gone = aws.refused("DescribeStateMachineAlias", alias).await;
    assert_eq!((gone.status, gone.code()), (400, "ResourceNotFound"));
    assert_eq!(gone.message(), "Request references a resource that does not exist.");
}

/// `test_base_lifecycle_create_invoke_describe_list`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_shows_the_alias_that_it_was_started_by() {
    let world = World::new().await;
    let aws = world.aws();
    let [one, two] = versions(&world).await;
    let create = json!({
        "name": "live", "routingConfiguration": [route(&one, 100), route(&two, 0)],
    });
    let live = text(&aws.ok("CreateStateMachineAlias", create).await, "stateMachineAliasArn");
    let execution = aws.start(&live, "{}").await;
    soon(world.watch(&execution)).await;

    let described = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
    let history = aws.ok("GetExecutionHistory", json!({ "executionArn": execution })).await;
    let listed = aws.ok("ListExecutions", json!({ "stateMachineArn": live })).await;
    let started = &history["events"][0]["executionStartedEventDetails"];
    for shown in [&described, started, &listed["executions"][0]] {
        assert_eq!(shown["stateMachineAliasArn"], live);
        assert_eq!(shown["stateMachineVersionArn"], one);
    }
}

/// `test_error_create_alias_invalid_router_configs`, `test_error_create_alias_invalid_name`, `test_delete_version_with_alias`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_aliases_are_refused_in_the_words_of_aws() {
    let world = World::new().await;
    let aws = world.aws();
    let [one, two] = versions(&world).await;
    let order = format!("{ARN}:stateMachine:order");
    let received = |routes: &str| {
        format!(
            "Routing configuration must contain state machine version ARNs. Received: [{routes}]"
        )
    };
    let sum = "Sum of routing configuration weights must equal 100. Received: [70, 29]";
    for (routes, message) in [
        (json!([route(&order, 100)]), received(&order)),
        (json!([route(&one, 70), route(&two, 29)]), sum.to_owned()),
    ] {
        let create = json!({ "name": "live", "routingConfiguration": routes });
        let refused = aws.refused("CreateStateMachineAlias", create).await;
        assert_eq!((refused.code(), refused.message()), ("ValidationException", &*message));
    }
    for (version, code) in [("order:1", "InvalidArn"), (&*format!("{order}:9"), "ResourceNotFound")]
    {
        let create = json!({ "name": "live", "routingConfiguration": [route(version, 100)] });
        let refused = aws.refused("CreateStateMachineAlias", create).await;
        assert_eq!((refused.status, refused.code()), (400, code), "{version}");
    }
    let create = json!({ "name": "live", "routingConfiguration": [route(&one, 100)] });
    aws.ok("CreateStateMachineAlias", create).await;
    let other = json!({ "name": "live", "routingConfiguration": [route(&two, 100)] });
    let conflict = aws.refused("CreateStateMachineAlias", other).await;
    assert_eq!(conflict.code(), "ConflictException");
    let named = aws.refused("DeleteStateMachineVersion", json!({ "stateMachineVersionArn": one }));
    assert_eq!(
        named.await.message(),
        "Version to be deleted must not be referenced by an alias. \
         Current list of aliases referencing this version: [live]"
    );
    let bare = json!({ "stateMachineAliasArn": "order:live" });
    let bare = aws.refused("DescribeStateMachineAlias", bare).await;
    assert_eq!(bare.message(), "Invalid Arn: 'Invalid ARN prefix: order:live'");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aliases_are_listed_in_pages() {
    let world = World::new().await;
    let aws = world.aws();
    let [one, _] = versions(&world).await;
    for name in ["a", "b"] {
        let create = json!({ "name": name, "routingConfiguration": [route(&one, 100)] });
        aws.ok("CreateStateMachineAlias", create).await;
    }
    let order = format!("{ARN}:stateMachine:order");
    let list = |token: &Value| {
        let request = json!({ "stateMachineArn": order, "maxResults": 1, "nextToken": token });
        aws.ok("ListStateMachineAliases", request)
    };
    let first = list(&Value::Null).await;
    let rest = list(&first["nextToken"]).await;
    let mut arns =
        [&first, &rest].map(|it| text(&it["stateMachineAliases"][0], "stateMachineAliasArn"));
    arns.sort();
    assert_eq!(arns, ["a", "b"].map(|name| format!("{order}:{name}")));
    assert_eq!(rest.get("nextToken"), None);
}
