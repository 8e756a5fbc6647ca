//! Executions: started, described, listed, stopped, and their histories.

use serde_json::{Value, json};

use super::client::{Aws, ROLE, text};
use crate::world::{PASS, WAIT, World};

/// Described once it has ended.
async fn ended(world: &World, aws: &Aws, execution: &str) -> Value {
    world.watch(execution).await;
    aws.ok("DescribeExecution", json!({ "executionArn": execution })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_success_is_described_with_every_member_of_aws() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("order", PASS).await;
    let request = json!({
        "stateMachineArn": machine, "name": "one", "input": r#"{"n":  1.10}"#, "traceHeader": "Root=1-2;Sampled=1",
    });
    let started = aws.ok("StartExecution", request).await;
    let arn = text(&started, "executionArn");

    let described = ended(&world, &aws, &arn).await;

    assert_eq!(
        described,
        json!({
            "executionArn": "arn:aws:states:us-east-1:000000000000:execution:order:one",
            "stateMachineArn": machine,
            "name": "one",
            "status": "SUCCEEDED",
            "startDate": started["startDate"],
            "stopDate": described["stopDate"],
            "input": r#"{"n":  1.10}"#,
            "inputDetails": { "included": true },
            "output": described["output"],
            "outputDetails": { "included": true },
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "traceHeader": "Root=1-2;Sampled=1",
        })
    );
    assert!(described["output"].as_str().unwrap().contains("1.10"));
    let request = json!({ "executionArn": arn, "includedData": "METADATA_ONLY" });
    let bare = aws.ok("DescribeExecution", request).await;
    assert_eq!((bare.get("input"), bare.get("output")), (None, None));
    assert_eq!(bare["inputDetails"], json!({ "included": false }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_has_an_error_and_a_cause_and_no_output() {
    let world = World::new().await;
    let aws = world.aws();
    let fail =
        r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broke", "Cause": "why"}}}"#;
    let machine = aws.create("failing", fail).await;
    let execution = aws.start(&machine, "{}").await;

    let described = ended(&world, &aws, &execution).await;

    assert_eq!(described["status"], "FAILED");
    assert_eq!((&described["error"], &described["cause"]), (&json!("Broke"), &json!("why")));
    assert_eq!((described.get("output"), described.get("outputDetails")), (None, None));
    assert_eq!(described["redriveStatus"], "REDRIVABLE");
    assert_eq!(described.get("redriveStatusReason"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_an_execution_with_its_error_and_cause() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("waiting", WAIT).await;
    let execution = aws.start(&machine, "{}").await;
    let running = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
    assert_eq!((&running["status"], running.get("stopDate")), (&json!("RUNNING"), None));
    assert_eq!(running["redriveStatusReason"], "Execution is RUNNING and cannot be redriven");

    let stop = json!({ "executionArn": execution, "error": "Enough", "cause": "of it" });
    let stopped = aws.ok("StopExecution", stop).await;

    let described = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
    assert_eq!(described["status"], "ABORTED");
    assert_eq!((&described["error"], &described["cause"]), (&json!("Enough"), &json!("of it")));
    assert_eq!(described["stopDate"], stopped["stopDate"]);
    let last = json!({ "executionArn": execution, "reverseOrder": true, "maxResults": 1 });
    let last = aws.ok("GetExecutionHistory", last).await["events"][0].clone();
    let details = json!({ "error": "Enough", "cause": "of it" });
    assert_eq!(last["executionAbortedEventDetails"], details);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executions_are_listed_newest_first_by_status_and_in_pages() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("order", PASS).await;
    let mut started = Vec::new();
    for _ in 0..3 {
        let execution = aws.start(&machine, "{}").await;
        world.watch(&execution).await;
        started.insert(0, execution);
    }
    let list = |members: Value| {
        let mut request = json!({ "stateMachineArn": machine });
        request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        aws.ok("ListExecutions", request)
    };
    let arns = |page: &Value| {
        let executions = page["executions"].as_array().unwrap().clone();
        executions.iter().map(|it| text(it, "executionArn")).collect::<Vec<_>>()
    };

    let first = list(json!({ "maxResults": 2, "statusFilter": "SUCCEEDED" })).await;
    let token = text(&first, "nextToken");
    let more = json!({ "maxResults": 2, "statusFilter": "SUCCEEDED", "nextToken": token });
    let rest = list(more).await;

    assert_eq!([arns(&first), arns(&rest)].concat(), started);
    let item = &first["executions"][0];
    assert_eq!((&item["status"], &item["redriveCount"]), (&json!("SUCCEEDED"), &json!(0)));
    assert!(
        item["startDate"].is_number() && item["stopDate"].is_number() && item["name"].is_string()
    );
    assert_eq!(list(json!({ "statusFilter": "RUNNING" })).await, json!({ "executions": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_given_from_either_end_in_pages_and_without_data() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("order", PASS).await;
    let execution = aws.start(&machine, r#"{"a": 1}"#).await;
    world.watch(&execution).await;
    let read = |members: Value| {
        let mut request = json!({ "executionArn": execution });
        request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        aws.ok("GetExecutionHistory", request)
    };
    let whole = read(json!({})).await["events"].as_array().unwrap().clone();

    for reverse in [false, true] {
        let mut events = Vec::new();
        let mut token = json!(null);
        while events.is_empty() || token.is_string() {
            let page = json!({ "maxResults": 1, "reverseOrder": reverse, "nextToken": token });
            let page = read(page).await;
            events.extend(page["events"].as_array().unwrap().clone());
            token = page["nextToken"].clone();
        }
        if reverse {
            events.reverse();
        }
        assert_eq!(events, whole);
    }

    let started = &whole[0]["executionStartedEventDetails"];
    let expected =
        json!({ "input": r#"{"a": 1}"#, "inputDetails": { "truncated": false }, "roleArn": ROLE });
    assert_eq!(started, &expected);
    assert_eq!((&whole[0]["id"], &whole[0]["previousEventId"]), (&json!(1), &json!(0)));
    assert_eq!(whole[2]["stateExitedEventDetails"]["name"], "Pass");
    let bare = read(json!({ "includeExecutionData": false })).await;
    let started = &bare["events"][0]["executionStartedEventDetails"];
    assert_eq!(started, &json!({ "inputDetails": { "truncated": false }, "roleArn": ROLE }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_shows_the_machine_that_it_began_with() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("order", WAIT).await;
    let execution = aws.start(&machine, "{}").await;
    aws.ok("UpdateStateMachine", json!({ "stateMachineArn": machine, "definition": PASS })).await;

    let began =
        aws.ok("DescribeStateMachineForExecution", json!({ "executionArn": execution })).await;

    assert_eq!(
        began,
        json!({
            "stateMachineArn": machine,
            "name": "order",
            "definition": WAIT,
            "roleArn": ROLE,
            "updateDate": began["updateDate"],
            "loggingConfiguration": { "level": "OFF", "includeExecutionData": false },
            "tracingConfiguration": { "enabled": false },
            "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_express_machine_is_run_to_its_end_in_one_call_and_not_shown() {
    let world = World::new().await;
    let aws = world.aws();
    let create = json!({ "name": "fast", "definition": PASS, "roleArn": ROLE, "type": "EXPRESS" });
    let machine = text(&aws.ok("CreateStateMachine", create).await, "stateMachineArn");
    let request = json!({
        "stateMachineArn": machine, "name": "one", "input": "[1]", "traceHeader": "Root=1-2",
    });

    let ended = aws.ok("StartSyncExecution", request.clone()).await;

    let arn = text(&ended, "executionArn");
    assert!(arn.starts_with("arn:aws:states:us-east-1:000000000000:express:fast:one:"), "{arn}");
    assert_eq!(
        ended,
        json!({
            "executionArn": arn,
            "stateMachineArn": machine,
            "name": "one",
            "startDate": ended["startDate"],
            "stopDate": ended["stopDate"],
            "status": "SUCCEEDED",
            "input": "[1]",
            "inputDetails": { "included": true },
            "output": "[1]",
            "outputDetails": { "included": true },
            "traceHeader": "Root=1-2",
            "billingDetails": { "billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100 },
        })
    );
    let mut bare = request;
    bare["includedData"] = "METADATA_ONLY".into();
    let bare = aws.ok("StartSyncExecution", bare).await;
    assert_eq!((bare.get("input"), bare.get("output")), (None, None));
    for operation in ["DescribeExecution", "GetExecutionHistory", "StopExecution"] {
        let refused = aws.refused(operation, json!({ "executionArn": arn })).await;
        let expected = "Invalid Arn: 'Resource type not valid in this context: express'";
        assert_eq!((refused.code(), refused.message()), ("InvalidArn", expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redrive_opens_what_was_stopped_and_is_told_everywhere() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("waiting", WAIT).await;
    let execution = json!({ "executionArn": aws.start(&machine, "{}").await });
    let refused = aws.refused("RedriveExecution", execution.clone()).await;
    assert_eq!((refused.status, refused.code()), (400, "ExecutionNotRedrivable"));
    aws.ok("StopExecution", execution.clone()).await;

    let mut request = execution.clone();
    request["clientToken"] = "once".into();
    let redriven = aws.ok("RedriveExecution", request).await;

    let described = aws.ok("DescribeExecution", execution.clone()).await;
    assert_eq!((&described["status"], &described["redriveCount"]), (&json!("RUNNING"), &json!(1)));
    assert_eq!(described["redriveDate"], redriven["redriveDate"]);
    assert_eq!(described["redriveStatus"], "NOT_REDRIVABLE");
    let listed = aws.ok("ListExecutions", json!({ "stateMachineArn": machine })).await;
    assert_eq!(listed["executions"][0]["redriveCount"], 1);
    assert_eq!(listed["executions"][0]["redriveDate"], redriven["redriveDate"]);
    let history = aws.ok("GetExecutionHistory", execution).await;
    let events = history["events"].as_array().unwrap();
    let event = events.iter().find(|event| event["type"] == "ExecutionRedriven").unwrap();
    assert_eq!(event["executionRedrivenEventDetails"], json!({ "redriveCount": 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_under_a_name_is_given_once() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("waiting", WAIT).await;
    let request =
        |input: &str| json!({ "stateMachineArn": machine, "name": "one", "input": input });
    let first = aws.ok("StartExecution", request("{}")).await;
    assert_eq!(aws.ok("StartExecution", request("{}")).await, first);
    let refused = aws.refused("StartExecution", request("[]")).await;
    assert_eq!(
        refused.to_string(),
        "400 ExecutionAlreadyExists Execution Already Exists: 'arn:aws:states:us-east-1:000000000000:execution:waiting:one'"
    );
}
