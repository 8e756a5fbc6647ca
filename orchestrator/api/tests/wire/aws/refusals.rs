//! Refusals of requests that are well-formed: names, ARNs, tokens, bounds. Texts of AWS where AWS has one.

use serde_json::{Value, json};

use super::client::{ARN, Aws, ROLE};
use crate::world::{ONE_TASK, PASS, WAIT, World};

/// One line of a transcript.
async fn told(aws: &Aws, what: &str, operation: &str, input: Value) -> String {
    let refused = aws.refused(operation, input).await;
    let mut rest = refused.body.as_object().expect("an object").clone();
    rest.retain(|name, _| name != "__type" && name != "message");
    let rest = if rest.is_empty() { String::new() } else { format!(" {}", Value::Object(rest)) };
    let (status, code) = (refused.status, refused.code());
    format!("{operation}: {what}\n    {status} {code}{rest}\n    {}", refused.message())
}

async fn transcript(aws: &Aws, cases: Vec<(&str, &str, Value)>) -> String {
    let mut lines = Vec::new();
    for (what, operation, input) in cases {
        lines.push(told(aws, what, operation, input).await);
    }
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_state_machines() {
    let world = World::new().await;
    let aws = world.aws();
    aws.create("order", PASS).await;
    let create = |members: Value| {
        let mut request = json!({ "name": "x", "definition": PASS, "roleArn": ROLE });
        request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        request
    };
    let update = |members: Value| {
        let mut request = json!({ "stateMachineArn": format!("{ARN}:stateMachine:order") });
        request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        request
    };
    let two = json!([{ "cloudWatchLogsLogGroup": {} }, { "cloudWatchLogsLogGroup": {} }]);
    let nothing = json!({ "stateMachineArn": format!("{ARN}:stateMachine:order") });
    let kms = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY" });
    insta::assert_snapshot!(
        transcript(
            &aws,
            vec![
                ("nothing", "CreateStateMachine", json!({})),
                ("a blank", "CreateStateMachine", create(json!({ "name": "a b" }))),
                ("81 characters", "CreateStateMachine", create(json!({ "name": "n".repeat(81) }))),
                ("a number", "CreateStateMachine", create(json!({ "name": 5 }))),
                ("a type", "CreateStateMachine", create(json!({ "type": "FAST" }))),
                ("a fault", "CreateStateMachine", create(json!({ "definition": "{}" }))),
                ("no JSON", "CreateStateMachine", create(json!({ "definition": "x" }))),
                ("another definition", "CreateStateMachine", create(json!({ "name": "order", "definition": WAIT }))),
                ("no destination", "CreateStateMachine", create(json!({ "loggingConfiguration": { "level": "ALL" } }))),
                ("two destinations", "CreateStateMachine", create(json!({ "loggingConfiguration": { "destinations": two } }))),
                ("no key", "CreateStateMachine", create(json!({ "encryptionConfiguration": kms }))),
                ("a role that is none", "CreateStateMachine", create(json!({ "roleArn": "order" }))),
                ("no change", "UpdateStateMachine", nothing),
                ("a fault", "UpdateStateMachine", update(json!({ "definition": "{}" }))),
                ("no destination", "UpdateStateMachine", update(json!({ "loggingConfiguration": { "level": "ALL" } }))),
                ("no key", "UpdateStateMachine", update(json!({ "encryptionConfiguration": kms }))),
                ("a role that is none", "UpdateStateMachine", update(json!({ "roleArn": "order" }))),
                ("an unknown one", "UpdateStateMachine", json!({ "stateMachineArn": format!("{ARN}:stateMachine:nobody"), "definition": PASS })),
                ("an unknown one", "DescribeStateMachine", json!({ "stateMachineArn": format!("{ARN}:stateMachine:nobody") })),
                ("a large page", "ListStateMachines", json!({ "maxResults": 1001 })),
                ("a made-up token", "ListStateMachines", json!({ "nextToken": "bm8" })),
                ("a long token", "ListStateMachines", json!({ "nextToken": "t".repeat(1025) })),
                ("an empty token", "ListStateMachines", json!({ "nextToken": "" })),
            ]
        )
        .await
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_arns_of_state_machines() {
    let world = World::new().await;
    let aws = world.aws();
    aws.create("order", PASS).await;
    let mut cases = Vec::new();
    for (what, arn) in [
        ("a name", "order".to_owned()),
        ("another scheme", "urn:aws:states:us-east-1:000000000000:stateMachine:order".to_owned()),
        ("another service", "arn:aws:lambda:us-east-1:000000000000:function:order".to_owned()),
        ("half an ARN", "arn:aws:states:us-east-1".to_owned()),
        ("no name", format!("{ARN}:stateMachine:")),
        ("an execution's", format!("{ARN}:execution:order:one")),
        ("another region", "arn:aws:states:eu-west-1:000000000000:stateMachine:order".to_owned()),
        ("another account", "arn:aws:states:us-east-1:111122223333:stateMachine:order".to_owned()),
        ("an unknown one", format!("{ARN}:stateMachine:nobody")),
        ("an empty one", String::new()),
        ("a long one", "a".repeat(257)),
    ] {
        let machine = json!({ "stateMachineArn": arn });
        cases.push((what, "DescribeStateMachine", machine.clone()));
        cases.push((what, "StartExecution", machine.clone()));
        cases.push((what, "ListExecutions", machine));
    }
    cases.push(("nothing to list", "ListExecutions", json!({})));
    insta::assert_snapshot!(transcript(&aws, cases).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_arns_of_executions_and_activities() {
    let world = World::new().await;
    let aws = world.aws();
    aws.create("order", PASS).await;
    let mut cases = Vec::new();
    for (what, arn) in [
        ("a name", "one".to_owned()),
        ("a machine's", format!("{ARN}:stateMachine:order")),
        ("an Express one's", format!("{ARN}:express:order:one:uuid")),
        ("half an ARN", format!("{ARN}:execution:order")),
        ("an unknown one", format!("{ARN}:execution:order:nobody")),
    ] {
        let execution = json!({ "executionArn": arn });
        cases.push((what, "DescribeExecution", execution.clone()));
        cases.push((what, "DescribeStateMachineForExecution", execution.clone()));
        cases.push((what, "GetExecutionHistory", execution.clone()));
        cases.push((what, "StopExecution", execution));
    }
    let activity = |arn: &str| json!({ "activityArn": arn });
    cases.push(("a name", "GetActivityTask", activity("pay")));
    cases.push(("a machine's", "GetActivityTask", activity(&format!("{ARN}:stateMachine:order"))));
    insta::assert_snapshot!(transcript(&aws, cases).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_executions_and_tasks() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("order", ONE_TASK).await;
    let start = |name: &str, input: &str| json!({ "stateMachineArn": machine, "name": name, "input": input });
    let create = json!({ "name": "fast", "definition": PASS, "roleArn": ROLE, "type": "EXPRESS" });
    let express = aws.ok("CreateStateMachine", create).await["stateMachineArn"].clone();
    let nobody = format!("{ARN}:stateMachine:nobody");
    let unknown = json!({ "stateMachineArn": &nobody, "name": "a b", "input": "{" });
    let status = json!({ "stateMachineArn": machine, "statusFilter": "LOST" });
    let large = format!("\"{}\"", "x".repeat(262_143));
    let page = json!({ "executionArn": format!("{ARN}:execution:order:one"), "maxResults": -1 });
    insta::assert_snapshot!(
        transcript(
            &aws,
            vec![
                ("a blank", "StartExecution", start("a b", "{}")),
                ("81 characters", "StartExecution", start(&"n".repeat(81), "{}")),
                ("no JSON", "StartExecution", start("one", "yes")),
                ("a large input", "StartExecution", start("one", &large)),
                ("an unknown machine comes first", "StartExecution", unknown),
                ("no machine", "StartExecution", json!({ "name": "one" })),
                ("a status", "ListExecutions", status),
                ("a negative page", "GetExecutionHistory", page),
                ("a long error", "StopExecution", json!({ "executionArn": "a", "error": "e".repeat(257), "cause": "c".repeat(32_769) })),
                ("a Standard machine", "StartSyncExecution", json!({ "stateMachineArn": machine })),
                ("a blank", "StartSyncExecution", json!({ "stateMachineArn": express, "name": "a b" })),
                ("no JSON", "StartSyncExecution", json!({ "stateMachineArn": express, "input": "[1," })),
                ("a name", "StartSyncExecution", json!({ "stateMachineArn": "fast" })),
                ("an unknown one", "StartSyncExecution", json!({ "stateMachineArn": nobody })),
                ("a blank in its token", "RedriveExecution", json!({ "executionArn": format!("{ARN}:execution:order:one"), "clientToken": "a b" })),
                ("an Express machine", "ListExecutions", json!({ "stateMachineArn": express })),
                ("a forged token", "SendTaskSuccess", json!({ "taskToken": "forged", "output": "{}" })),
                ("a forged token", "SendTaskFailure", json!({ "taskToken": "forged" })),
                ("a forged token", "SendTaskHeartbeat", json!({ "taskToken": "forged" })),
                ("no output", "SendTaskSuccess", json!({ "taskToken": "forged" })),
                ("a large output", "SendTaskSuccess", json!({ "taskToken": "forged", "output": large })),
                ("a long token", "SendTaskHeartbeat", json!({ "taskToken": "t".repeat(2_049) })),
                ("a long worker's name", "GetActivityTask", json!({ "activityArn": format!("{ARN}:activity:pay"), "workerName": "w".repeat(81) })),
                ("no definition", "ValidateStateMachineDefinition", json!({ "maxResults": 101, "severity": "LOUD" })),
                ("a state of no type", "TestState", json!({ "definition": "{}" })),
                ("two mocks", "TestState", json!({ "definition": "{\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::lambda:invoke\", \"End\": true}", "mock": { "result": "1", "errorOutput": {} } })),
            ]
        )
        .await
    );
}
