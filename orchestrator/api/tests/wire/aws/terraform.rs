//! What Terraform's provider for AWS asks, call by call, and what it holds the answers against.
//!
//! Read in the source of hashicorp/terraform-provider-aws, version 6, `internal/service/sfn` (commits 01f4311, 60cc2e8,
//! 0160692 and 0509e60). Its client is AWS's SDK for Go, which leaves out what is false, 0 or empty, but for members
//! that are required.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{ARN, Aws, ROLE, text};
use crate::world::{ONE_TASK, PASS, WAIT, World, soon};

/// Longer than a page of a list.
const MANY: usize = 101;

/// Read after each change and before each plan; what differs from the configuration would be planned anew.
async fn refreshed(aws: &Aws, machine: &str) -> Value {
    let asked = json!({ "stateMachineArn": machine });
    let mut read = aws.ok("DescribeStateMachine", asked.clone()).await;
    let versions = aws.ok("ListStateMachineVersions", asked).await;
    // The newest is first, and the only one that is looked at.
    let newest = &versions["stateMachineVersions"][0]["stateMachineVersionArn"];
    read["state_machine_version_arn"] = newest.clone();
    read["tags"] = tags_of(aws, machine).await;
    read
}

async fn tags_of(aws: &Aws, resource: &str) -> Value {
    aws.ok("ListTagsForResource", json!({ "resourceArn": resource })).await["tags"].clone()
}

/// Whenever the definition has changed: every plan stands on it.
async fn planned(aws: &Aws, definition: &str) -> Value {
    let asked = json!({ "definition": definition, "type": "STANDARD" });
    aws.ok("ValidateStateMachineDefinition", asked).await
}

/// As `depends_on` orders it; and the wait until nothing is described any more.
async fn destroyed(aws: &Aws, machine: &str) {
    let asked = json!({ "stateMachineArn": machine });
    aws.ok("DeleteStateMachine", asked.clone()).await;
    gone(aws, asked).await;
}

async fn gone(aws: &Aws, machine: Value) {
    let waits = async {
        loop {
            match aws.call("DescribeStateMachine", machine.clone()).await {
                Ok(described) => assert_eq!(described["status"], "DELETING"),
                Err(refused) => break assert_eq!(refused.code(), "StateMachineDoesNotExist"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon(waits).await;
}

/// With every block that the resource has.
fn configured() -> Value {
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:orders:*";
    json!({
        "definition": PASS,
        "encryptionConfiguration": {
            "kmsDataKeyReusePeriodSeconds": 900, "kmsKeyId": "alias/orders",
            "type": "CUSTOMER_MANAGED_KMS_KEY",
        },
        "loggingConfiguration": {
            "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group } }],
            "includeExecutionData": true, "level": "ERROR",
        },
        "name": "order",
        "publish": true,
        "roleArn": ROLE,
        "tags": [{ "key": "team", "value": "pay" }, { "key": "stage", "value": "test" }],
        "tracingConfiguration": { "enabled": true },
        "type": "STANDARD",
    })
}

/// Those of the configuration that the refresh found otherwise.
fn drift(configured: &Value, read: &Value) -> Vec<String> {
    let members = configured.as_object().expect("an object").iter();
    let kept = members.filter(|(name, _)| *name != "publish" && *name != "tags");
    kept.filter(|(name, value)| read[name] != **value).map(|(name, _)| name.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_machine_is_planned_created_changed_and_destroyed() {
    let world = World::new().await;
    let aws = world.aws();
    let mut machine = configured();
    assert_eq!(planned(&aws, PASS).await["result"], "OK");
    let created = aws.ok("CreateStateMachine", machine.clone()).await;
    let arn = text(&created, "stateMachineArn");

    // Nothing is left to plan
    let read = refreshed(&aws, &arn).await;
    assert_eq!(drift(&machine, &read), [""; 0]);
    assert_eq!(read["status"], "ACTIVE");
    assert_eq!(read["state_machine_version_arn"], created["stateMachineVersionArn"]);
    let tagged = |tags: &Value| {
        let mut tags = tags.as_array().expect("a list").clone();
        tags.sort_by_key(ToString::to_string);
        tags
    };
    assert_eq!(tagged(&read["tags"]), tagged(&machine["tags"]));
    assert_eq!(refreshed(&aws, &arn).await, read);

    // A faulty definition ends the plan, with what the provider prints of it
    let faulty = planned(&aws, &ONE_TASK.replace("\"Pay\": {", "\"Pey\": {")).await;
    assert_eq!(faulty["result"], "FAIL");
    let diagnostic = &faulty["diagnostics"][0];
    assert_eq!(diagnostic["severity"], "ERROR");
    assert!(diagnostic["code"].is_string() && diagnostic["message"].is_string(), "{diagnostic}");

    // Tags are changed before the rest, and tracing is switched off by an empty structure
    assert_eq!(planned(&aws, ONE_TASK).await["result"], "OK");
    let removed = json!({ "resourceArn": arn, "tagKeys": ["stage"] });
    aws.ok("UntagResource", removed).await;
    let changed = json!([{ "key": "team", "value": "ship" }]);
    aws.ok("TagResource", json!({ "resourceArn": arn, "tags": changed })).await;
    let update = json!({
        "definition": ONE_TASK, "publish": true, "roleArn": ROLE, "stateMachineArn": arn,
        "tracingConfiguration": {}, "versionDescription": "",
    });
    aws.ok("UpdateStateMachine", update).await;
    machine["definition"] = ONE_TASK.into();
    machine["tracingConfiguration"] = json!({ "enabled": false });
    let updated = refreshed(&aws, &arn).await;
    assert_eq!(drift(&machine, &updated), [""; 0]);
    assert_eq!(updated["tags"], changed);
    assert_eq!(updated["state_machine_version_arn"], format!("{arn}:2"));
    assert_ne!(updated["revisionId"], read["revisionId"]);

    // Without `publish` no version is added
    let role = "arn:aws:iam::000000000000:role/other";
    let update = json!({ "definition": ONE_TASK, "roleArn": role, "stateMachineArn": arn });
    aws.ok("UpdateStateMachine", update).await;
    machine["roleArn"] = role.into();
    let again = refreshed(&aws, &arn).await;
    assert_eq!(drift(&machine, &again), [""; 0]);
    assert_eq!(again["state_machine_version_arn"], format!("{arn}:2"));
    destroyed(&aws, &arn).await;
}

/// A block that says nothing else but the defaults, and no block at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_machine_without_its_blocks_is_read_with_the_defaults() {
    let world = World::new().await;
    let aws = world.aws();
    let plain = json!({ "definition": PASS, "name": "plain", "roleArn": ROLE, "type": "EXPRESS" });
    let mut off = plain.clone();
    off["name"] = "off".into();
    off["loggingConfiguration"] = json!({ "level": "OFF" });
    off["tracingConfiguration"] = json!({});
    for machine in [plain, off] {
        let created = aws.ok("CreateStateMachine", machine.clone()).await;
        let read = refreshed(&aws, &text(&created, "stateMachineArn")).await;
        let logging = json!({ "level": "OFF", "includeExecutionData": false });
        assert_eq!(read["loggingConfiguration"], logging);
        assert_eq!(read["tracingConfiguration"], json!({ "enabled": false }));
        assert_eq!(read["encryptionConfiguration"], json!({ "type": "AWS_OWNED_KEY" }));
        assert_eq!(read["type"], "EXPRESS");
        assert_eq!(read["tags"], json!([]));
        assert_eq!(read["state_machine_version_arn"], Value::Null);
    }
}

/// The provider creates again while it is told that the old one is being deleted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_machine_that_runs_is_replaced_once_it_is_gone() {
    let world = World::new().await;
    let aws = world.aws();
    let arn = aws.create("order", WAIT).await;
    let execution = aws.start(&arn, "{}").await;
    let machine = json!({ "stateMachineArn": arn });
    aws.ok("DeleteStateMachine", machine.clone()).await;
    let described = aws.ok("DescribeStateMachine", machine.clone()).await;
    assert_eq!(described["status"], "DELETING");
    let create = json!({ "definition": PASS, "name": "order", "roleArn": ROLE, "type": "EXPRESS" });
    let early = aws.refused("CreateStateMachine", create.clone()).await;
    assert_eq!((early.status, early.code()), (400, "StateMachineDeleting"));

    aws.ok("StopExecution", json!({ "executionArn": execution })).await;
    gone(&aws, machine).await;

    let created = aws.ok("CreateStateMachine", create).await;
    assert_eq!(refreshed(&aws, &text(&created, "stateMachineArn")).await["type"], "EXPRESS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_activity_is_created_tagged_and_destroyed() {
    let world = World::new().await;
    let aws = world.aws();
    let encryption = json!({
        "kmsDataKeyReusePeriodSeconds": 60, "kmsKeyId": "alias/pay",
        "type": "CUSTOMER_MANAGED_KMS_KEY",
    });
    let tags = json!([{ "key": "team", "value": "pay" }]);
    let create = json!({ "encryptionConfiguration": encryption, "name": "pay", "tags": tags });
    let arn = text(&aws.ok("CreateActivity", create).await, "activityArn");
    let activity = json!({ "activityArn": arn });
    let read = aws.ok("DescribeActivity", activity.clone()).await;
    assert!(read["creationDate"].is_number(), "without it nothing is taken to be there");
    assert_eq!((&read["name"], &read["encryptionConfiguration"]), (&json!("pay"), &encryption));
    assert_eq!(tags_of(&aws, &arn).await, tags);

    aws.ok("UntagResource", json!({ "resourceArn": arn, "tagKeys": ["team"] })).await;
    assert_eq!(aws.ok("DescribeActivity", activity.clone()).await, read);
    assert_eq!(tags_of(&aws, &arn).await, json!([]));

    aws.ok("DeleteActivity", activity.clone()).await;
    // One that somebody else has deleted leaves the provider's state by this name
    let refused = aws.refused("DescribeActivity", activity).await;
    assert_eq!(refused.code(), "ActivityDoesNotExist");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_is_created_turned_to_another_version_and_destroyed() {
    let world = World::new().await;
    let aws = world.aws();
    let create = json!({ "definition": PASS, "name": "order", "publish": true, "roleArn": ROLE });
    let created = aws.ok("CreateStateMachine", create).await;
    let (arn, one) = (text(&created, "stateMachineArn"), text(&created, "stateMachineVersionArn"));
    let route =
        |version: &str, weight: u32| json!({ "stateMachineVersionArn": version, "weight": weight });
    let routes = json!([route(&one, 100)]);
    let create = json!({ "description": "", "name": "live", "routingConfiguration": routes });
    let live = text(&aws.ok("CreateStateMachineAlias", create).await, "stateMachineAliasArn");
    let alias = json!({ "stateMachineAliasArn": live });
    let read = async || aws.ok("DescribeStateMachineAlias", alias.clone()).await;
    let first = read().await;
    assert_eq!((&first["name"], &first["routingConfiguration"]), (&json!("live"), &routes));
    assert_eq!(first["description"].as_str().unwrap_or_default(), "");
    assert!(first["creationDate"].is_number());

    // Of routes and description only what has changed is sent
    let update = json!({ "definition": ONE_TASK, "publish": true, "roleArn": ROLE, "stateMachineArn": arn,
        "versionDescription": "" });
    let two = text(&aws.ok("UpdateStateMachine", update).await, "stateMachineVersionArn");
    let routes = json!([route(&one, 0), route(&two, 100)]);
    let update = json!({ "routingConfiguration": routes, "stateMachineAliasArn": live });
    aws.ok("UpdateStateMachineAlias", update).await;
    let update = json!({ "description": "what runs", "stateMachineAliasArn": live });
    aws.ok("UpdateStateMachineAlias", update).await;
    let second = read().await;
    assert_eq!(second["routingConfiguration"], routes);
    assert_eq!(second["description"], "what runs");

    aws.ok("DeleteStateMachineAlias", alias.clone()).await;
    let refused = aws.refused("DescribeStateMachineAlias", alias).await;
    assert_eq!(refused.code(), "ResourceNotFound");
    destroyed(&aws, &arn).await;
}

/// All pages, as the SDK's paginator asks for them: without a size, and with the token of the page before.
async fn listed(aws: &Aws, operation: &str, items: &str, asked: &Value) -> Vec<Value> {
    let (mut asked, mut found) = (asked.clone(), Vec::new());
    loop {
        let page = aws.ok(operation, asked.clone()).await;
        found.extend(page[items].as_array().expect("a list").iter().cloned());
        let Some(next) = page.get("nextToken") else { return found };
        asked["nextToken"] = next.clone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_sources_find_what_is_named_on_any_page() {
    let world = World::new().await;
    let aws = world.aws();
    for number in 0..MANY {
        aws.create(&format!("m{number:03}"), PASS).await;
        aws.ok("CreateActivity", json!({ "name": format!("a{number:03}") })).await;
    }
    let none = json!({});
    let machines = listed(&aws, "ListStateMachines", "stateMachines", &none).await;
    let last = format!("{ARN}:stateMachine:m100");
    let named: Vec<&Value> = machines.iter().filter(|it| it["name"] == "m100").collect();
    assert_eq!((machines.len(), named.len()), (MANY, 1));
    assert_eq!(named[0]["stateMachineArn"], last);
    let described = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": last })).await;
    assert_eq!(described["definition"], PASS);
    let activities = listed(&aws, "ListActivities", "activities", &none).await;
    let named: Vec<&Value> = activities.iter().filter(|it| it["name"] == "a100").collect();
    assert_eq!((activities.len(), named.len()), (MANY, 1));
    assert!(named[0]["creationDate"].is_number() && named[0]["activityArn"].is_string());

    let machine = json!({ "stateMachineArn": last });
    let published = aws.ok("PublishStateMachineVersion", machine.clone()).await;
    let version = text(&published, "stateMachineVersionArn");
    let versions = listed(&aws, "ListStateMachineVersions", "stateMachineVersions", &machine).await;
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0]["stateMachineVersionArn"], version);
    let routes = json!([{ "stateMachineVersionArn": version, "weight": 100 }]);
    let create = json!({ "description": "", "name": "live", "routingConfiguration": routes });
    aws.ok("CreateStateMachineAlias", create).await;
    let aliases = aws.ok("ListStateMachineAliases", machine).await;
    let alias = text(&aliases["stateMachineAliases"][0], "stateMachineAliasArn");
    assert!(alias.ends_with("live"));
    let described =
        aws.ok("DescribeStateMachineAlias", json!({ "stateMachineAliasArn": alias })).await;
    assert_eq!(described["routingConfiguration"], routes);
}
