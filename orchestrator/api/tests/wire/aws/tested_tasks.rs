//! `TestState` of a Task without a mock: as on AWS the work is done, here by a worker that polls the task's queue.

use everstep_proto::v1;
use serde_json::{Value, json};
use tonic::Code;

use super::client::ROLE;
use crate::world::{World, failed, succeeded};

const LAMBDA: &str = "arn:aws:lambda:us-east-1:000000000000:function:pay";

fn task(resource: &str, more: Value) -> Value {
    let mut state = json!({ "Type": "Task", "Resource": resource, "End": true });
    let Value::Object(more) = more else { panic!("fields are an object") };
    state.as_object_mut().expect("an object").extend(more);
    state
}

fn request(state: &Value, input: &str) -> Value {
    json!({ "definition": state.to_string(), "roleArn": ROLE, "input": input, "inspectionLevel": "DEBUG" })
}

/// The answer of a test whose task a worker of `queue` takes, and the task.
async fn with_worker(
    world: &World,
    queue: &str,
    request: Value,
    outcome: impl FnOnce(&v1::Task) -> v1::TaskOutcome,
) -> (Value, v1::Task) {
    let aws = world.aws();
    let tested = aws.ok("TestState", request);
    let worked = async {
        let task = world.poll(queue).await;
        assert_eq!(world.report(outcome(&task)).await, (Code::Ok, String::new()));
        task
    };
    tokio::join!(tested, worked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_does_the_work_and_nothing_of_it_is_stored() {
    let world = World::new().await;
    let state = task(LAMBDA, json!({ "InputPath": "$.order", "ResultPath": "$.paid" }));

    let request = request(&state, r#"{"order": {"id": 7}}"#);
    let (answer, task) =
        with_worker(&world, "pay", request, |task| succeeded(&task.token, r#"{"at": 1.10}"#)).await;

    assert_eq!((task.input.as_str(), task.attempt), (r#"{"id":7}"#, 1));
    assert_eq!(answer["status"], "SUCCEEDED", "{answer}");
    assert_eq!(answer["output"], r#"{"order":{"id":7},"paid":{"at":1.10}}"#);
    assert_eq!(answer["inspectionData"]["result"], r#"{"at": 1.10}"#);
    let all = v1::ListExecutionsRequest::default();
    let listed = world.executions.clone().list_executions(all).await.expect("lists");
    assert_eq!(listed.into_inner().executions, []);
    let late = world.report(succeeded(&task.token, "1")).await;
    assert_ne!(late.0, Code::Ok, "an answer that comes too late is refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_lambda_is_answered_in_its_envelope() {
    let world = World::new().await;
    let parameters = json!({ "FunctionName": "pay", "Payload.$": "$" });
    let state = task("arn:aws:states:::lambda:invoke", json!({ "Parameters": parameters }));

    let request = request(&state, "[1]");
    let (answer, task) =
        with_worker(&world, "pay", request, |task| succeeded(&task.token, "2")).await;

    assert_eq!(task.input, "[1]");
    assert_eq!(answer["output"], r#"{"ExecutedVersion":"$LATEST","Payload":2,"StatusCode":200}"#);
    assert_eq!(
        answer["inspectionData"]["afterParameters"],
        r#"{"FunctionName":"pay","Payload":[1]}"#
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_a_service_is_the_work_of_its_queue() {
    let world = World::new().await;
    let arguments =
        json!({ "QueueUrl": "https://sqs/1", "MessageBody": "{% $states.input.text %}" });
    let fields = json!({ "QueryLanguage": "JSONata", "Arguments": arguments, "Output": "{% $states.result.MessageId %}" });
    let state = task("arn:aws:states:::sqs:sendMessage", fields);

    let request = request(&state, r#"{"text": "hello"}"#);
    let (answer, task) = with_worker(&world, "sqs:sendMessage", request, |task| {
        succeeded(&task.token, r#"{"MessageId": "m-1"}"#)
    })
    .await;

    assert_eq!(task.input, r#"{"QueueUrl":"https://sqs/1","MessageBody":"hello"}"#);
    assert_eq!(answer["output"], r#""m-1""#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_goes_through_the_states_retriers_and_catchers() {
    let world = World::new().await;
    let retry = json!({ "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 7 }] });
    let catch = json!({ "Catch": [{ "ErrorEquals": ["Busy"], "Next": "Refund" }] });
    for (more, status, next) in [
        (json!({}), "FAILED", None),
        (retry, "RETRIABLE", None),
        (catch, "CAUGHT_ERROR", Some("Refund")),
    ] {
        let request = request(&task(LAMBDA, more), "{}");
        let (answer, _) =
            with_worker(&world, "pay", request, |task| failed(&task.token, "Busy", "later")).await;

        assert_eq!(answer["status"], status, "{answer}");
        assert_eq!((&answer["error"], &answer["cause"]), (&json!("Busy"), &json!("later")));
        assert_eq!(answer.get("nextState").and_then(Value::as_str), next);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_says_nothing_ends_it_with_the_states_timeout() {
    let world = World::new().await;
    let aws = world.aws();
    let request = request(&task(LAMBDA, json!({ "TimeoutSeconds": 1 })), "{}");
    let (answer, task) = tokio::join!(aws.ok("TestState", request), world.poll("pay"));
    assert_eq!((&answer["status"], &answer["error"]), (&json!("FAILED"), &json!("States.Timeout")));
    assert_ne!(world.report(succeeded(&task.token, "1")).await.0, Code::Ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_worker_can_do_wants_a_mock() {
    let world = World::new().await;
    let aws = world.aws();
    for resource in [
        "arn:aws:states:us-east-1:000000000000:activity:pay",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::states:startExecution",
        "arn:aws:states:::states:startExecution.sync:2",
    ] {
        let parameters =
            json!({ "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:x" });
        let state = task(resource, json!({ "Parameters": parameters }));
        let refused = aws.refused("TestState", request(&state, "{}")).await;
        assert_eq!(
            refused.to_string(),
            format!(
                "400 ValidationException A Task on '{resource}' is tested with a mock: give its result or its errorOutput"
            )
        );
    }
    let refused = aws.refused("TestState", request(&task(LAMBDA, json!({})), "{}")).await;
    assert_eq!(
        refused.to_string(),
        "400 ValidationException no worker polls the queue 'pay' now: start one, or give a mock with the task's result or its \
         errorOutput"
    );
}
