//! AWS's quotas, where a namespace sets them. Names and texts are from AWS's API reference; the end of a history at its limit and
//! `redriveStatusReason` as seen on AWS at 25,000 events.

use cluster::ScratchCluster;
use everstep_proto::v1;
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::client::{ARN, ROLE, text};
use crate::world::{ONE_TASK, PASS, World, create, migrated, poll, reason, start};

/// For ever, as long as its input says `{"spin": true}`.
const LOOP: &str = r#"{"StartAt": "Loop", "States": {
  "Loop": {"Type": "Choice", "Choices": [{"Variable": "$.spin", "BooleanEquals": true, "Next": "Loop"}], "Default": "Done"},
  "Done": {"Type": "Succeed"}}}"#;

impl World {
    /// Sets limits of the namespace `default`.
    async fn limit(&self, settings: v1::NamespaceSettings) {
        let settings = Some(settings);
        let request = v1::UpdateNamespaceRequest { name: "default".to_owned(), settings };
        self.namespaces.clone().update_namespace(request).await.expect("updates");
    }
}

fn limits() -> v1::NamespaceSettings {
    v1::NamespaceSettings::default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_state_machines() {
    let world = World::new().await;
    let aws = world.aws();
    world.limit(v1::NamespaceSettings { state_machines_max: Some(2), ..limits() }).await;
    let first = aws.create("first", PASS).await;
    aws.create("second", PASS).await;
    let third = json!({ "name": "third", "definition": PASS, "roleArn": ROLE });

    let refused = aws.refused("CreateStateMachine", third.clone()).await;
    assert_eq!(
        refused.to_string(),
        "400 StateMachineLimitExceeded The maximum number of state machines has been reached. \
         Existing state machines must be deleted before a new state machine can be created."
    );
    let grpc = world.machines.clone().create_state_machine(create("third", PASS)).await;
    let grpc = grpc.unwrap_err();
    let code = (grpc.code(), reason(&grpc));
    assert_eq!(code, (Code::ResourceExhausted, "StateMachineLimitExceeded".to_owned()));
    // What stands is answered as ever.
    assert_eq!(aws.create("first", PASS).await, first);
    let other = json!({ "name": "first", "definition": ONE_TASK, "roleArn": ROLE });
    let other = aws.refused("CreateStateMachine", other).await;
    assert_eq!(other.code(), "StateMachineAlreadyExists");

    aws.ok("DeleteStateMachine", json!({ "stateMachineArn": first })).await;
    aws.ok("CreateStateMachine", third).await;
    world.limit(v1::NamespaceSettings { state_machines_max: Some(0), ..limits() }).await;
    aws.create("fourth", PASS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hold_for_creations_that_come_at_once() {
    let world = World::new().await;
    world.limit(v1::NamespaceSettings { state_machines_max: Some(3), ..limits() }).await;
    let names: Vec<String> = (0..8).map(|number| format!("machine-{number}")).collect();
    let creations = names.iter().map(|name| {
        let mut machines = world.machines.clone();
        async move { machines.create_state_machine(create(name, PASS)).await }
    });
    let made = futures_util::future::join_all(creations).await;
    let refused = made.iter().filter_map(|made| made.as_ref().err()).map(reason);
    assert_eq!(refused.collect::<Vec<_>>(), ["StateMachineLimitExceeded"; 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_activities() {
    let world = World::new().await;
    let aws = world.aws();
    world.limit(v1::NamespaceSettings { activities_max: Some(1), ..limits() }).await;
    let pay = aws.ok("CreateActivity", json!({ "name": "pay" })).await;

    let refused = aws.refused("CreateActivity", json!({ "name": "ship" })).await;
    assert_eq!(
        refused.to_string(),
        "400 ActivityLimitExceeded The maximum number of activities has been reached. \
         Existing activities must be deleted before a new activity can be created."
    );
    assert_eq!(aws.ok("CreateActivity", json!({ "name": "pay" })).await, pay);
    aws.ok("DeleteActivity", json!({ "activityArn": text(&pay, "activityArn") })).await;
    aws.ok("CreateActivity", json!({ "name": "ship" })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_versions_and_aliases() {
    let world = World::new().await;
    let aws = world.aws();
    let settings =
        v1::NamespaceSettings { versions_max: Some(2), aliases_max: Some(1), ..limits() };
    world.limit(settings).await;
    let order = aws.create("order", PASS).await;
    let publish = json!({ "stateMachineArn": order });
    let update = |definition: &str| json!({ "stateMachineArn": order, "definition": definition, "publish": true });
    let first = aws.ok("PublishStateMachineVersion", publish.clone()).await;
    aws.ok("UpdateStateMachine", update(ONE_TASK)).await;
    let exceeded =
        "402 ServiceQuotaExceededException The request would cause a service quota to be exceeded.";

    let refused = aws.refused("UpdateStateMachine", update(LOOP)).await;
    assert_eq!(refused.to_string(), exceeded);
    let described = aws.ok("DescribeStateMachine", publish.clone()).await;
    assert_eq!(described["definition"], ONE_TASK, "the update has not happened");
    let alone = json!({ "stateMachineArn": order, "definition": LOOP });
    aws.ok("UpdateStateMachine", alone).await;
    let refused = aws.refused("PublishStateMachineVersion", publish.clone()).await;
    assert_eq!(refused.to_string(), exceeded);
    aws.ok(
        "DeleteStateMachineVersion",
        json!({ "stateMachineVersionArn": first["stateMachineVersionArn"] }),
    )
    .await;
    let third = aws.ok("PublishStateMachineVersion", publish.clone()).await;
    assert_eq!(third["stateMachineVersionArn"], format!("{order}:3"));
    assert_eq!(aws.ok("PublishStateMachineVersion", publish).await, third, "published already");

    let alias = |name: &str| {
        let route = json!({ "stateMachineVersionArn": format!("{order}:3"), "weight": 100 });
        json!({ "name": name, "routingConfiguration": [route] })
    };
    let live = aws.ok("CreateStateMachineAlias", alias("live")).await;
    let refused = aws.refused("CreateStateMachineAlias", alias("next")).await;
    assert_eq!(refused.to_string(), exceeded);
    assert_eq!(aws.ok("CreateStateMachineAlias", alias("live")).await, live);
    aws.ok(
        "DeleteStateMachineAlias",
        json!({ "stateMachineAliasArn": live["stateMachineAliasArn"] }),
    )
    .await;
    aws.ok("CreateStateMachineAlias", alias("next")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_events() {
    let world = World::new().await;
    let aws = world.aws();
    let order = aws.create("order", LOOP).await;
    world.limit(v1::NamespaceSettings { history_events_max: Some(3_000), ..limits() }).await;
    let execution = aws.start(&order, r#"{"spin": true}"#).await;
    world.watch(&execution).await;

    let named = json!({ "executionArn": execution });
    let described = aws.ok("DescribeExecution", named.clone()).await;
    let shown = ["status", "error", "cause", "redriveStatus", "redriveStatusReason"];
    assert_eq!(
        shown.map(|member| text(&described, member)),
        [
            "FAILED",
            "States.Runtime",
            "The execution reached the maximum number of history events (3000).",
            "NOT_REDRIVABLE",
            "Execution history event limit exceeded",
        ]
    );
    let newest = json!({ "executionArn": execution, "reverseOrder": true, "maxResults": 2 });
    let history = aws.ok("GetExecutionHistory", newest).await;
    let placed = |index: usize| {
        let event = &history["events"][index];
        (event["type"].clone(), event["id"].clone(), event["previousEventId"].clone())
    };
    assert_eq!(placed(0), (json!("ExecutionFailed"), json!(3_000), json!(2_999)));
    assert_eq!(placed(1), (json!("ChoiceStateExited"), json!(2_999), json!(2_998)));
    let refused = aws.refused("RedriveExecution", named).await;
    assert_eq!(
        refused.to_string(),
        "400 ExecutionNotRedrivable Execution history event limit exceeded"
    );
}

/// Its history has no room for a redrive, whoever asks for one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_events_let_a_child_of_a_map_run_end_as_it_had_ended_when_its_run_is_redriven() {
    let world = World::new().await;
    let aws = world.aws();
    world.limit(v1::NamespaceSettings { history_events_max: Some(30), ..limits() }).await;
    let mut processor: serde_json::Value = serde_json::from_str(LOOP).expect("a definition");
    processor["ProcessorConfig"] = json!({ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" });
    let each = json!({ "Type": "Map", "ItemProcessor": processor, "End": true });
    let machine = json!({ "StartAt": "Each", "States": { "Each": each } }).to_string();
    let machine = aws.create("all", &machine).await;
    let execution = aws.start(&machine, r#"[{"spin": true}]"#).await;
    world.watch(&execution).await;
    let named = json!({ "executionArn": execution });
    let runs = aws.ok("ListMapRuns", named.clone()).await;
    let run = json!({ "mapRunArn": runs["mapRuns"][0]["mapRunArn"] });
    let children = aws.ok("ListExecutions", run.clone()).await;
    let child = json!({ "executionArn": children["executions"][0]["executionArn"] });
    let before = aws.ok("GetExecutionHistory", child.clone()).await;
    assert_eq!(before["events"].as_array().map(Vec::len), Some(30));

    aws.ok("RedriveExecution", named.clone()).await;
    world.watch(&execution).await;

    let parent = aws.ok("DescribeExecution", named).await;
    assert_eq!((&parent["status"], &parent["redriveCount"]), (&json!("FAILED"), &json!(1)));
    let shown = aws.ok("DescribeMapRun", run).await;
    let counts = &shown["executionCounts"];
    assert_eq!((&shown["status"], &shown["redriveCount"]), (&json!("FAILED"), &json!(1)));
    assert_eq!((&counts["failed"], &counts["total"]), (&json!(1), &json!(1)), "{shown}");
    assert_eq!(aws.ok("GetExecutionHistory", child).await, before);
}

/// AWS: "Unlimited", of Express executions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_events_do_not_hold_for_express_executions() {
    let world = World::new().await;
    let aws = world.aws();
    world.limit(v1::NamespaceSettings { history_events_max: Some(10), ..limits() }).await;
    let states =
        (0..8).map(|n| (format!("S{n}"), json!({ "Type": "Pass", "Next": format!("S{}", n + 1) })));
    let mut states: serde_json::Map<_, _> = states.collect();
    states.insert("S8".to_owned(), json!({ "Type": "Succeed" }));
    let definition = json!({ "StartAt": "S0", "States": states }).to_string();
    let standard = aws.create("standard", &definition).await;
    let request =
        json!({ "name": "express", "definition": definition, "roleArn": ROLE, "type": "EXPRESS" });
    aws.ok("CreateStateMachine", request).await;

    let failed = aws.start(&standard, "{}").await;
    assert_eq!(world.watch(&failed).await.len(), 10);
    let express = json!({ "stateMachineArn": format!("{ARN}:stateMachine:express") });
    let ended = aws.ok("StartSyncExecution", express).await;
    assert_eq!(ended["status"], "SUCCEEDED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_requests_a_second() {
    let world = World::new().await;
    let aws = world.aws();
    world.limit(v1::NamespaceSettings { requests_per_second_max: Some(1), ..limits() }).await;
    let list = async || {
        let request = v1::ListStateMachinesRequest::default();
        world.machines.clone().list_state_machines(request).await
    };

    // Two at once and then one a second: more of them in a row are not admitted, however slow the machine.
    let mut throttled = None;
    for _ in 0..100 {
        throttled = throttled.or(aws.call("ListStateMachines", json!({})).await.err());
    }
    let throttled = throttled.expect("a hundred requests take less than a hundred seconds");
    assert_eq!(throttled.to_string(), "400 ThrottlingException Rate exceeded");
    aws.note_refusal("ThrottlingException");
    let mut refused = None;
    for _ in 0..100 {
        refused = refused.or(list().await.err());
    }
    let refused = refused.expect("both faces take from one bucket");
    let details = refused.get_error_details();
    let retry_after = details.retry_info().and_then(|retry| retry.retry_delay);
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::ResourceExhausted, "ThrottlingException")
    );
    assert!(retry_after.is_some_and(|after| after.as_millis() <= 1_000), "{retry_after:?}");
    // Polls are not counted.
    for _ in 0..100 {
        let wait = Some(prost_types::Duration::default());
        let at_once = v1::PollTasksRequest { wait, ..poll("pay") };
        world.tasks.clone().poll_tasks(at_once).await.expect("is answered");
        let nobody = json!({ "activityArn": format!("{ARN}:activity:nobody") });
        assert_eq!(aws.refused("GetActivityTask", nobody).await.code(), "ActivityDoesNotExist");
    }

    world.limit(v1::NamespaceSettings { requests_per_second_max: Some(0), ..limits() }).await;
    for _ in 0..100 {
        list().await.expect("there is no rate any more");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_open_executions() {
    let world = World::new().await;
    let aws = world.aws();
    let order = aws.create("order", ONE_TASK).await;
    let named = |name: &str| json!({ "stateMachineArn": order, "name": name, "input": "{}" });
    // Counted from the first on, though nothing limits them yet.
    let first = aws.ok("StartExecution", named("first")).await;
    world.limit(v1::NamespaceSettings { open_executions_max: Some(2), ..limits() }).await;
    let second = aws.ok("StartExecution", named("second")).await;

    let refused = aws.refused("StartExecution", named("third")).await;

    let exceeded = "400 ExecutionLimitExceeded The maximum number of running executions has been reached. \
                    Running executions must end or be stopped before a new execution can be started.";
    assert_eq!(refused.to_string(), exceeded);
    let grpc = world.executions.clone().start_execution(start("order", "{}")).await;
    let grpc = grpc.unwrap_err();
    let code = (grpc.code(), reason(&grpc));
    assert_eq!(code, (Code::ResourceExhausted, "ExecutionLimitExceeded".to_owned()));
    // A start that is only repeated opens nothing.
    assert_eq!(aws.ok("StartExecution", named("first")).await, first);
    let other = json!({ "stateMachineArn": order, "name": "first", "input": "[]" });
    let other = aws.refused("StartExecution", other).await;
    assert_eq!(other.code(), "ExecutionAlreadyExists");
    // Express ones are not counted.
    let express =
        json!({ "name": "express", "definition": PASS, "roleArn": ROLE, "type": "EXPRESS" });
    let express = aws.ok("CreateStateMachine", express).await;
    aws.ok("StartSyncExecution", express.clone()).await;

    let second = json!({ "executionArn": text(&second, "executionArn") });
    aws.ok("StopExecution", second.clone()).await;
    aws.ok("StartExecution", named("third")).await;
    assert_eq!(aws.refused("RedriveExecution", second.clone()).await.to_string(), exceeded);
    world.limit(v1::NamespaceSettings { open_executions_max: Some(0), ..limits() }).await;
    aws.ok("RedriveExecution", second).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_open_executions_hold_for_what_a_restart_found_open() {
    let url = ScratchCluster::shared().database_like("api", migrated);
    let world = World::on(&url).await;
    let order = world.aws().create("order", ONE_TASK).await;
    let start = json!({ "stateMachineArn": order });
    world.aws().ok("StartExecution", start.clone()).await;
    world.limit(v1::NamespaceSettings { open_executions_max: Some(1), ..limits() }).await;

    world.engine.leave().await;
    let again = World::on(&url).await;

    let refused = again.aws().refused("StartExecution", start).await;
    assert_eq!(refused.code(), "ExecutionLimitExceeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_pollers_of_an_activity() {
    let world = World::new().await;
    let aws = world.aws();
    world.limit(v1::NamespaceSettings { activity_pollers_max: Some(1), ..limits() }).await;
    let pay = json!({ "activityArn": text(&aws.ok("CreateActivity", json!({ "name": "pay" })).await, "activityArn") });
    let ship = json!({ "activityArn": text(&aws.ok("CreateActivity", json!({ "name": "ship" })).await, "activityArn") });
    let poll = |activity: &serde_json::Value| {
        let (aws, activity) = (world.aws(), activity.clone());
        tokio::spawn(async move { aws.call("GetActivityTask", activity).await })
    };

    // Of two at once one is held and one is refused.
    let (mut one, mut other) = (poll(&pay), poll(&pay));
    let refused = tokio::select! {
        refused = &mut one => refused,
        refused = &mut other => refused,
    };

    let refused = refused.expect("it does not panic").expect_err("one too many");
    assert_eq!(
        refused.to_string(),
        "400 ActivityWorkerLimitExceeded The maximum number of workers concurrently polling for activity tasks has been reached."
    );
    let elsewhere = poll(&ship);
    aws.create("order", &ONE_TASK.replace("\"pay\"", "\"ship\"")).await;
    world.start("order", "{}").await;
    let task = elsewhere.await.expect("it does not panic").expect("another activity has its own");
    assert_eq!(text(&task, "input"), "{}");
}
