//! Histories of tasks of every family, with every detail that they have. Members are the model's; the order of the events and which
//! details stand where are as the recorded cases have them.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Aws, text};
use crate::world::{World, failed, soon, succeeded};

const ROLE: &str = "arn:aws:iam::000000000000:role/other";

/// One Task, with more fields as JSON text.
fn task(resource: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "{resource}", {fields} "End": true}}}}}}"#
    )
}

/// The details of an execution's events by their names, once it has ended.
async fn details(world: &World, aws: &Aws, execution: &str) -> Value {
    soon(world.watch(execution)).await;
    let history = aws.ok("GetExecutionHistory", json!({ "executionArn": execution })).await;
    let mut found = json!({});
    for event in history["events"].as_array().expect("events") {
        for (name, value) in event.as_object().expect("an event") {
            if name.ends_with("EventDetails") {
                found[name] = value.clone();
            }
        }
    }
    found
}

/// The type of the newest event.
async fn last(aws: &Aws, execution: &str) -> String {
    let request = json!({ "executionArn": execution, "reverseOrder": true, "maxResults": 1 });
    text(&aws.ok("GetExecutionHistory", request).await["events"][0], "type")
}

/// How the one attempt of a task ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Success,
    Failure,
    Timeout,
}

/// The details of a task of that queue that ends so.
async fn ended(world: &World, aws: &Aws, machine: &str, queue: &str, end: End) -> Value {
    let execution = aws.start(machine, "[1]").await;
    let task = world.poll(queue).await;
    match end {
        End::Success => drop(world.report(succeeded(&task.token, "2")).await),
        End::Failure => drop(world.report(failed(&task.token, "Odd", "so")).await),
        End::Timeout => {}
    }
    details(world, aws, &execution).await
}

fn truncated() -> Value {
    json!({ "truncated": false })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_activities() {
    let world = World::new().await;
    let aws = world.aws();
    let arn = text(&aws.ok("CreateActivity", json!({ "name": "pay" })).await, "activityArn");
    let fields = r#""TimeoutSeconds": 300, "HeartbeatSeconds": 60,"#;
    let machine = aws.create("pay", &task(&arn, fields)).await;
    let slow = aws.create("slow", &task(&arn, r#""TimeoutSeconds": 1,"#)).await;

    let succeeded = ended(&world, &aws, &machine, "pay", End::Success).await;
    let failed = ended(&world, &aws, &machine, "pay", End::Failure).await;
    let late = ended(&world, &aws, &slow, "pay", End::Timeout).await;

    let scheduled = json!({
        "resource": arn, "input": "[1]", "inputDetails": truncated(), "timeoutInSeconds": 300, "heartbeatInSeconds": 60,
    });
    assert_eq!(succeeded["activityScheduledEventDetails"], scheduled);
    assert_eq!(succeeded["activityStartedEventDetails"], json!({ "workerName": "worker-1" }));
    let output = json!({ "output": "2", "outputDetails": truncated() });
    assert_eq!(succeeded["activitySucceededEventDetails"], output);
    assert_eq!(failed["activityFailedEventDetails"], json!({ "error": "Odd", "cause": "so" }));
    assert_eq!(late["activityTimedOutEventDetails"], json!({ "error": "States.Timeout" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_lambda_functions() {
    let world = World::new().await;
    let aws = world.aws();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:price";
    let fields = format!(r#""TimeoutSeconds": 300, "Credentials": {{"RoleArn": "{ROLE}"}},"#);
    let machine = aws.create("price", &task(arn, &fields)).await;
    let slow = aws.create("slow", &task(arn, r#""TimeoutSeconds": 1,"#)).await;

    let succeeded = ended(&world, &aws, &machine, "price", End::Success).await;
    let failed = ended(&world, &aws, &machine, "price", End::Failure).await;
    let late = ended(&world, &aws, &slow, "price", End::Timeout).await;

    let scheduled = json!({
        "resource": arn, "input": "[1]", "inputDetails": truncated(), "timeoutInSeconds": 300,
        "taskCredentials": { "roleArn": ROLE },
    });
    assert_eq!(succeeded["lambdaFunctionScheduledEventDetails"], scheduled);
    let output = json!({ "output": "2", "outputDetails": truncated() });
    assert_eq!(succeeded["lambdaFunctionSucceededEventDetails"], output);
    assert_eq!(
        failed["lambdaFunctionFailedEventDetails"],
        json!({ "error": "Odd", "cause": "so" })
    );
    assert_eq!(late["lambdaFunctionTimedOutEventDetails"], json!({ "error": "States.Timeout" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_calls_of_services() {
    let world = World::new().await;
    let aws = world.aws();
    let (arn, queue) = ("arn:aws:states:::sqs:sendMessage", "sqs:sendMessage");
    let fields = format!(
        r#""TimeoutSeconds": 300, "HeartbeatSeconds": 60, "Credentials": {{"RoleArn": "{ROLE}"}}, "Parameters": {{"QueueUrl": "q", "MessageBody.$": "$"}},"#
    );
    let machine = aws.create("send", &task(arn, &fields)).await;
    let brief = r#""TimeoutSeconds": 1, "Parameters": {"QueueUrl": "q", "MessageBody": "m"},"#;
    let slow = aws.create("slow", &task(arn, brief)).await;

    let succeeded = ended(&world, &aws, &machine, queue, End::Success).await;
    let failed = ended(&world, &aws, &machine, queue, End::Failure).await;
    let late = ended(&world, &aws, &slow, queue, End::Timeout).await;

    let of = |rest: Value| {
        let mut details = json!({ "resourceType": "sqs", "resource": "sendMessage" });
        details.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        details
    };
    let scheduled = of(json!({
        "region": "us-east-1", "parameters": r#"{"QueueUrl":"q","MessageBody":[1]}"#,
        "timeoutInSeconds": 300, "heartbeatInSeconds": 60, "taskCredentials": { "roleArn": ROLE },
    }));
    assert_eq!(succeeded["taskScheduledEventDetails"], scheduled);
    assert_eq!(succeeded["taskStartedEventDetails"], of(json!({})));
    let output = of(json!({ "output": "2", "outputDetails": truncated() }));
    assert_eq!(succeeded["taskSucceededEventDetails"], output);
    assert_eq!(failed["taskFailedEventDetails"], of(json!({ "error": "Odd", "cause": "so" })));
    assert_eq!(late["taskTimedOutEventDetails"], of(json!({ "error": "States.Timeout" })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_call_that_waits_for_its_token() {
    let world = World::new().await;
    let aws = world.aws();
    let fields = r#""Parameters": {"QueueUrl": "q", "MessageBody": {"Token.$": "$$.Task.Token"}},"#;
    let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
    let machine = aws.create("ask", &task(resource, fields)).await;
    let execution = aws.start(&machine, "{}").await;
    let call = world.poll("sqs:sendMessage").await;
    world.report(succeeded(&call.token, r#"{"MessageId":"m"}"#)).await;
    let parameters: Value = serde_json::from_str(&call.input).unwrap();
    let token = text(&parameters["MessageBody"], "Token");
    let submitted = async {
        while last(&aws, &execution).await != "TaskSubmitted" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon(submitted).await;

    aws.ok("SendTaskSuccess", json!({ "taskToken": token, "output": "3" })).await;

    let details = details(&world, &aws, &execution).await;
    let submitted = json!({
        "resourceType": "sqs", "resource": "sendMessage.waitForTaskToken", "output": r#"{"MessageId":"m"}"#,
        "outputDetails": truncated(),
    });
    assert_eq!(details["taskSubmittedEventDetails"], submitted);
    assert_eq!(details["taskSucceededEventDetails"]["output"], "3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_map_whose_iterations_are_cut_short() {
    let world = World::new().await;
    let aws = world.aws();
    let definition = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
        "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "work", "End": true}}}}}}"#;
    let machine = aws.create("each", definition).await;
    let execution = aws.start(&machine, "[1, 2]").await;
    let (one, two) = (world.poll("work").await, world.poll("work").await);
    let (first, _) = if one.input == "1" { (one, two) } else { (two, one) };
    world.report(failed(&first.token, "Odd", "so")).await;

    let details = details(&world, &aws, &execution).await;

    assert_eq!(details["mapIterationFailedEventDetails"], json!({ "name": "M", "index": 0 }));
    assert_eq!(details["mapIterationAbortedEventDetails"], json!({ "name": "M", "index": 1 }));
}
