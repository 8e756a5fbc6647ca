//! State machines: every member in and out.

use serde_json::{Value, json};

use super::client::{ROLE, text};
use crate::world::{ONE_TASK, PASS, WAIT, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_created_is_described_with_the_defaults_of_aws() {
    let world = World::new().await;
    let aws = world.aws();
    let request =
        json!({ "name": "order", "definition": ONE_TASK, "roleArn": ROLE, "type": "STANDARD" });
    let created = aws.ok("CreateStateMachine", request).await;
    let arn = text(&created, "stateMachineArn");
    assert_eq!(arn, "arn:aws:states:us-east-1:000000000000:stateMachine:order");

    let described = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": arn })).await;

    assert_eq!(
        described,
        json!({
            "stateMachineArn": arn,
            "name": "order",
            "status": "ACTIVE",
            "definition": ONE_TASK,
            "roleArn": ROLE,
            "type": "STANDARD",
            "creationDate": created["creationDate"],
            "loggingConfiguration": { "level": "OFF", "includeExecutionData": false },
            "tracingConfiguration": { "enabled": false },
            "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
        })
    );
    // Seconds, with milliseconds behind the point.
    let at = created["creationDate"].to_string();
    assert_eq!(
        at.split_once('.').map(|(seconds, rest)| (seconds.len(), rest.len())),
        Some((10, 3))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn configurations_are_kept_shown_and_changed_one_by_one() {
    let world = World::new().await;
    let aws = world.aws();
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:orders:*";
    let logging = json!({
        "level": "ALL",
        "includeExecutionData": true,
        "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group } }],
    });
    let encryption = json!({
        "type": "CUSTOMER_MANAGED_KMS_KEY",
        "kmsKeyId": "alias/orders",
        "kmsDataKeyReusePeriodSeconds": 60,
    });
    let created = aws.ok(
        "CreateStateMachine",
        json!({
            "name": "order", "definition": PASS, "roleArn": ROLE, "loggingConfiguration": logging,
            "tracingConfiguration": { "enabled": true }, "encryptionConfiguration": encryption,
        }),
    );
    let arn = text(&created.await, "stateMachineArn");

    let described = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": arn })).await;
    assert_eq!(described["loggingConfiguration"], logging);
    assert_eq!(described["tracingConfiguration"], json!({ "enabled": true }));
    assert_eq!(described["encryptionConfiguration"], encryption);

    let change = json!({ "stateMachineArn": arn, "tracingConfiguration": { "enabled": false } });
    aws.ok("UpdateStateMachine", change).await;
    let described = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": arn })).await;
    assert_eq!(described["loggingConfiguration"], logging);
    assert_eq!(described["tracingConfiguration"], json!({ "enabled": false }));
    assert_eq!(described["encryptionConfiguration"], encryption);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_shows_every_member_of_the_revision_that_it_runs_on() {
    let world = World::new().await;
    let aws = world.aws();
    let arn = aws.create("order", PASS).await;
    let definition = r#"{"StartAt": "A", "QueryLanguage": "JSONata", "States": {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
        "B": {"Type": "Pass", "Output": "{% $x %}", "End": true}}}"#;
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:orders:*";
    let update = json!({
        "stateMachineArn": arn,
        "definition": definition,
        "loggingConfiguration": {
            "level": "ERROR",
            "includeExecutionData": false,
            "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group } }],
        },
        "encryptionConfiguration": {
            "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/orders", "kmsDataKeyReusePeriodSeconds": 90,
        },
    });
    let updated = aws.ok("UpdateStateMachine", update.clone()).await;
    let execution = aws.start(&arn, "{}").await;

    let shown =
        aws.ok("DescribeStateMachineForExecution", json!({ "executionArn": execution })).await;

    for member in ["definition", "loggingConfiguration", "encryptionConfiguration"] {
        assert_eq!(shown[member], update[member], "{member}");
    }
    assert_eq!(shown["revisionId"], updated["revisionId"]);
    assert_eq!(shown["variableReferences"], json!({ "B": ["x"] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_is_being_deleted_begins_nothing() {
    let world = World::new().await;
    let aws = world.aws();
    let create = |name: &str, definition: &str, machine_type: &str| json!({ "name": name, "definition": definition, "roleArn": ROLE, "type": machine_type, "publish": true });
    let slow = aws.ok("CreateStateMachine", create("slow", WAIT, "STANDARD")).await;
    let in_memory = WAIT.replace("86400", "200");
    let fast = aws.ok("CreateStateMachine", create("fast", &in_memory, "EXPRESS")).await;
    let (version, slow, fast) = (
        text(&slow, "stateMachineVersionArn"),
        text(&slow, "stateMachineArn"),
        text(&fast, "stateMachineArn"),
    );
    let stopped = json!({ "executionArn": aws.start(&slow, "{}").await });
    aws.ok("StopExecution", stopped.clone()).await;
    let routes = json!([{ "stateMachineVersionArn": version, "weight": 100 }]);
    let alias = |name: &str| json!({ "name": name, "routingConfiguration": routes });
    let live = aws.ok("CreateStateMachineAlias", alias("live")).await;
    let live =
        json!({ "stateMachineAliasArn": live["stateMachineAliasArn"], "description": "new" });
    for machine in [&slow, &fast] {
        aws.start(machine, "{}").await;
        aws.ok("DeleteStateMachine", json!({ "stateMachineArn": machine })).await;
    }
    let shown = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": slow })).await;
    assert_eq!(shown["status"], "DELETING");
    let machine = json!({ "stateMachineArn": slow });
    let update = json!({ "stateMachineArn": slow, "roleArn": ROLE });
    // Its aliases go when the deletion begins.
    let listed = aws.ok("ListStateMachineAliases", machine.clone()).await;
    assert_eq!(listed, json!({ "stateMachineAliases": [] }));
    for (operation, request) in [
        ("CreateStateMachine", create("slow", WAIT, "STANDARD")),
        ("UpdateStateMachine", update),
        ("StartExecution", machine.clone()),
        ("StartSyncExecution", json!({ "stateMachineArn": fast })),
        ("PublishStateMachineVersion", machine),
        ("CreateStateMachineAlias", alias("next")),
        ("UpdateStateMachineAlias", live),
    ] {
        let refused = aws.refused(operation, request).await;
        assert_eq!((refused.status, refused.code()), (400, "StateMachineDeleting"), "{operation}");
    }
    let refused = aws.refused("RedriveExecution", stopped).await;
    assert_eq!(refused.message(), "State machine is in DELETING status");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_makes_a_revision_that_is_shown_from_then_on() {
    let world = World::new().await;
    let aws = world.aws();
    let arn = aws.create("order", PASS).await;
    let role = "arn:aws:iam::000000000000:role/other";
    let change = json!({ "stateMachineArn": arn, "definition": ONE_TASK, "roleArn": role });

    let updated = aws.ok("UpdateStateMachine", change).await;

    let described = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": arn })).await;
    assert_eq!(described["revisionId"], updated["revisionId"]);
    assert_eq!(described["definition"], ONE_TASK);
    assert_eq!(described["roleArn"], role);
    assert!(updated["updateDate"].is_number());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_that_was_not_asked_for_is_an_empty_object() {
    let world = World::new().await;
    let aws = world.aws();
    let arn = aws.create("order", PASS).await;
    let machine = json!({ "stateMachineArn": arn, "includedData": "METADATA_ONLY" });
    assert_eq!(aws.ok("DescribeStateMachine", machine).await["definition"], "{}");

    let execution = aws.start(&arn, "{}").await;
    let execution = json!({ "executionArn": execution, "includedData": "METADATA_ONLY" });
    assert_eq!(aws.ok("DescribeStateMachineForExecution", execution).await["definition"], "{}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_are_listed_in_pages_and_gone_once_deleted() {
    let world = World::new().await;
    let aws = world.aws();
    for name in ["a", "b", "c"] {
        aws.create(name, PASS).await;
    }
    let first = aws.ok("ListStateMachines", json!({ "maxResults": 2 })).await;
    let token = text(&first, "nextToken");
    let rest = aws.ok("ListStateMachines", json!({ "maxResults": 2, "nextToken": token })).await;
    let names = |page: &Value| {
        let machines = page["stateMachines"].as_array().unwrap().clone();
        machines.iter().map(|it| text(it, "name")).collect::<Vec<_>>()
    };
    assert_eq!((names(&first), names(&rest)), (vec!["a".into(), "b".into()], vec!["c".into()]));
    assert_eq!(first["stateMachines"][0]["type"], "STANDARD");
    assert_eq!(rest.get("nextToken"), None);

    let arn = json!({ "stateMachineArn": rest["stateMachines"][0]["stateMachineArn"] });
    for _ in 0..2 {
        assert_eq!(aws.ok("DeleteStateMachine", arn.clone()).await, json!({}));
    }
    let refused = aws.refused("DescribeStateMachine", arn).await;
    assert_eq!(refused.code(), "StateMachineDoesNotExist");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variables_that_a_state_reads_are_told() {
    let world = World::new().await;
    let aws = world.aws();
    let definition = r#"{"StartAt": "A", "QueryLanguage": "JSONata", "States": {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
        "B": {"Type": "Pass", "Output": "{% $x %}", "End": true}}}"#;
    let arn = aws.create("variables", definition).await;
    let described = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": arn })).await;
    assert_eq!(described["variableReferences"], json!({ "B": ["x"] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_is_validated_and_a_state_tested_without_being_stored() {
    let world = World::new().await;
    let aws = world.aws();
    let faulty = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}"#;
    let request =
        json!({ "definition": faulty, "type": "EXPRESS", "severity": "WARNING", "maxResults": 1 });
    let found = aws.ok("ValidateStateMachineDefinition", request).await;
    assert_eq!(found["result"], "FAIL");
    assert_eq!(found["diagnostics"][0]["severity"], "ERROR");
    assert_eq!(found["diagnostics"][0]["code"], "SCHEMA_VALIDATION_FAILED");
    assert_eq!(found["diagnostics"][0]["location"], "/States/A");
    assert!(found["diagnostics"][0]["message"].is_string() && found["truncated"].is_boolean());
    let request = json!({ "definition": "{\"StartAt\": A}" });
    let found = aws.ok("ValidateStateMachineDefinition", request).await;
    assert_eq!(found["diagnostics"][0]["code"], "INVALID_JSON_DESCRIPTION");
    let told = "Unrecognized token 'A': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n \
                at [Source: (String)\"{\"StartAt\": A}\"; line: 1, column: 14]";
    assert_eq!(found["diagnostics"][0]["message"], told);

    let state = r#"{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "Next": "Z"}"#;
    let request = json!({
        "definition": state, "roleArn": ROLE, "input": "{}", "inspectionLevel": "DEBUG",
        "mock": { "errorOutput": { "error": "E", "cause": "C" }, "fieldValidationMode": "NONE" },
        "stateConfiguration": { "retrierRetryCount": 0 },
    });
    let failed = aws.ok("TestState", request).await;
    assert_eq!(
        (&failed["status"], &failed["error"], &failed["cause"]),
        (&json!("FAILED"), &json!("E"), &json!("C"))
    );
    let pass = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "Z"}, "Z": {"Type": "Succeed"}}}"#;
    let request = json!({
        "definition": pass, "stateName": "P", "input": r#"{"a": 1}"#, "variables": "{}", "inspectionLevel": "DEBUG",
    });
    let passed = aws.ok("TestState", request).await;
    assert_eq!(passed["nextState"], "Z");
    assert_eq!(passed["output"], r#"{"a": 1}"#);
    assert_eq!(passed["inspectionData"]["input"], r#"{"a": 1}"#);
}
