//! Map runs: every member in and out, their children, other limits while they run, and a redrive. No recording has map runs: the
//! members are the model's, the rules those of AWS's pages of the operations.

use serde_json::{Value, json};

use super::client::{ARN, Aws, ROLE, text};
use crate::world::{World, failed, succeeded};

/// A Distributed Map over the input, labelled `Each`, with more fields as JSON text; its children are tasks of the queue `work`.
fn over_items(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Map", "End": true, {fields}
          "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "One", "States": {{"One": {{"Type": "Task", "Resource": "work", "End": true}}}}}}}}}}}}"#
    )
}

const LABEL: &str = r#""Label": "Each","#;
const PROCESSOR: &str =
    r#"{"StartAt":"One","States":{"One":{"Type":"Task","Resource":"work","End":true}}}"#;

/// The one map run of an execution.
async fn run_of(aws: &Aws, execution: &str) -> String {
    let listed = aws.ok("ListMapRuns", json!({ "executionArn": execution })).await;
    text(&listed["mapRuns"][0], "mapRunArn")
}

async fn described(aws: &Aws, run: &str) -> Value {
    aws.ok("DescribeMapRun", json!({ "mapRunArn": run })).await
}

fn counts(given: &Value) -> Value {
    let mut counts = json!({
        "pending": 0, "running": 0, "succeeded": 0, "failed": 0, "timedOut": 0, "aborted": 0, "total": 0,
        "resultsWritten": 0, "failuresNotRedrivable": 0, "pendingRedrive": 0,
    });
    let all = counts.as_object_mut().expect("an object");
    all.extend(given.as_object().expect("an object").clone());
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_listed_and_described_with_every_member() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws
        .create("all", &over_items(&format!(r#"{LABEL} "ToleratedFailurePercentage": 60,"#)))
        .await;
    let execution = aws.start(&machine, "[1, 2]").await;
    let (first, second) = (world.poll("work").await, world.poll("work").await);
    let run = run_of(&aws, &execution).await;
    let running = described(&aws, &run).await;
    assert_eq!((&running["status"], running.get("stopDate")), (&json!("RUNNING"), None));
    assert_eq!(running["itemCounts"], counts(&json!({ "running": 2, "total": 2 })));

    world.report(succeeded(&first.token, "1")).await;
    world.report(failed(&second.token, "Odd", "so")).await;
    world.watch(&execution).await;

    let ended = described(&aws, &run).await;
    assert_eq!(
        ended,
        json!({
            "mapRunArn": run,
            "executionArn": execution,
            "status": "SUCCEEDED",
            "startDate": running["startDate"],
            "stopDate": ended["stopDate"],
            "maxConcurrency": 0,
            "toleratedFailurePercentage": 60.0,
            "toleratedFailureCount": 0,
            "itemCounts": counts(&json!({ "succeeded": 1, "failed": 1, "total": 2 })),
            "executionCounts": counts(&json!({ "succeeded": 1, "failed": 1, "total": 2 })),
            "redriveCount": 0,
        })
    );
    let listed = aws.ok("ListMapRuns", json!({ "executionArn": execution, "maxResults": 1 })).await;
    let item = json!({
        "executionArn": execution,
        "mapRunArn": run,
        "stateMachineArn": format!("{machine}/Each"),
        "startDate": running["startDate"],
        "stopDate": ended["stopDate"],
    });
    assert_eq!(listed, json!({ "mapRuns": [item] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_children_are_listed_by_the_run_and_show_its_machine() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("all", &over_items(LABEL)).await;
    let execution = aws.start(&machine, "[1, 2]").await;
    for _ in 0..2 {
        let task = world.poll("work").await;
        world.report(succeeded(&task.token, &task.input)).await;
    }
    world.watch(&execution).await;
    let run = run_of(&aws, &execution).await;

    let children = aws.ok("ListExecutions", json!({ "mapRunArn": run })).await;
    let children = children["executions"].as_array().unwrap().clone();
    assert_eq!(children.len(), 2);
    for child in &children {
        let labelled = format!("{machine}/Each");
        assert_eq!((&child["mapRunArn"], &child["itemCount"]), (&json!(run), &json!(1)));
        assert_eq!(child["stateMachineArn"], json!(labelled));
        let child = json!({ "executionArn": child["executionArn"] });
        let shown = aws.ok("DescribeExecution", child.clone()).await;
        assert_eq!(
            (&shown["mapRunArn"], &shown["stateMachineArn"]),
            (&json!(run), &json!(labelled))
        );
        let of_child = aws.ok("DescribeStateMachineForExecution", child.clone()).await;
        assert_eq!((&of_child["mapRunArn"], &of_child["label"]), (&json!(run), &json!("Each")));
        assert_eq!(
            (&of_child["stateMachineArn"], &of_child["name"]),
            (&json!(labelled), &json!("all/Each"))
        );
        assert_eq!(of_child["definition"], PROCESSOR);
        let mut bare = child;
        bare["includeExecutionData"] = false.into();
        let events = aws.ok("GetExecutionHistory", bare).await["events"].clone();
        let details = &events[0]["executionStartedEventDetails"];
        assert_eq!(details, &json!({ "inputDetails": { "truncated": false }, "roleArn": ROLE }));
        let text = events.to_string();
        assert!(!text.contains(r#""input":"#) && !text.contains(r#""output":"#), "{text}");
    }
    let mut request = json!({ "mapRunArn": run, "maxResults": 1 });
    let first = aws.ok("ListExecutions", request.clone()).await;
    request["nextToken"] = first["nextToken"].clone();
    let rest = aws.ok("ListExecutions", request).await;
    assert_eq!(json!([first["executions"][0], rest["executions"][0]]), json!(children));
    let of_machine = aws.ok("ListExecutions", json!({ "stateMachineArn": machine })).await;
    assert_eq!(of_machine["executions"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_machine_of_a_labelled_map_is_described_and_does_nothing_else() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("all", &over_items(LABEL)).await;
    let whole = aws.ok("DescribeStateMachine", json!({ "stateMachineArn": machine })).await;
    let labelled = json!({ "stateMachineArn": format!("{machine}/Each") });

    let shown = aws.ok("DescribeStateMachine", labelled.clone()).await;

    let mut expected = whole;
    for (member, value) in [
        ("stateMachineArn", labelled["stateMachineArn"].clone()),
        ("name", "all/Each".into()),
        ("label", "Each".into()),
        ("definition", PROCESSOR.into()),
    ] {
        expected[member] = value;
    }
    assert_eq!(shown, expected);
    let unknown = json!({ "stateMachineArn": format!("{machine}/Other") });
    let unknown = aws.refused("DescribeStateMachine", unknown).await;
    let text = format!("State Machine Does Not Exist: '{machine}/Other'");
    assert_eq!((unknown.code(), unknown.message()), ("StateMachineDoesNotExist", text.as_str()));
    let mut update = labelled.clone();
    update["roleArn"] = ROLE.into();
    for (operation, request) in [
        ("StartExecution", labelled.clone()),
        ("UpdateStateMachine", update),
        ("DeleteStateMachine", labelled.clone()),
        ("ListExecutions", labelled.clone()),
        ("PublishStateMachineVersion", labelled),
    ] {
        let refused = aws.refused(operation, request).await;
        assert_eq!((refused.status, refused.code()), (400, "ValidationException"), "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_without_a_label_is_given_one_and_its_children_show_their_machine() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("all", &over_items("")).await;
    let execution = aws.start(&machine, "[1]").await;
    let task = world.poll("work").await;
    let run = run_of(&aws, &execution).await;
    let label = run.split(['/', ':']).nth_back(1).unwrap();

    let child = json!({ "executionArn": task.execution_arn });
    let shown = aws.ok("DescribeStateMachineForExecution", child).await;

    assert_eq!((&shown["label"], &shown["definition"]), (&json!(label), &json!(PROCESSOR)));
    assert_eq!(shown["stateMachineArn"], format!("{machine}/{label}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_changed_while_it_runs() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("all", &over_items(r#""MaxConcurrency": 1,"#)).await;
    let execution = aws.start(&machine, "[1, 2]").await;
    let first = world.poll("work").await;
    let run = run_of(&aws, &execution).await;
    let update = json!({
        "mapRunArn": run, "maxConcurrency": 2, "toleratedFailurePercentage": 50.5, "toleratedFailureCount": 1,
    });

    assert_eq!(aws.ok("UpdateMapRun", update.clone()).await, json!({}));

    let shown = described(&aws, &run).await;
    for member in ["maxConcurrency", "toleratedFailurePercentage", "toleratedFailureCount"] {
        assert_eq!(shown[member], update[member], "{member}");
    }
    let second = world.poll("work").await;
    world.report(failed(&first.token, "Odd", "so")).await;
    world.report(succeeded(&second.token, "0")).await;
    world.watch(&execution).await;
    assert_eq!(described(&aws, &run).await["status"], "SUCCEEDED");
    let over = aws.refused("UpdateMapRun", update).await;
    assert_eq!((over.status, over.code()), (400, "ValidationException"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redrive_repeats_the_children_that_failed_and_is_told_of_the_run() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("all", &over_items(LABEL)).await;
    let execution = aws.start(&machine, "[1, 2]").await;
    let (mut first, mut second) = (world.poll("work").await, world.poll("work").await);
    if first.input != "1" {
        std::mem::swap(&mut first, &mut second);
    }
    world.report(succeeded(&first.token, "1")).await;
    world.report(failed(&second.token, "Broke", "so")).await;
    world.watch(&execution).await;
    let run = run_of(&aws, &execution).await;
    let failed_run = described(&aws, &run).await;
    assert_eq!(failed_run["status"], "FAILED");
    let child = json!({ "executionArn": second.execution_arn });
    let shown = aws.ok("DescribeExecution", child.clone()).await;
    assert_eq!(shown["redriveStatus"], "REDRIVABLE_BY_MAP_RUN");
    let refused = aws.refused("RedriveExecution", child).await;
    assert_eq!((refused.status, refused.code()), (400, "ExecutionNotRedrivable"));

    aws.ok("RedriveExecution", json!({ "executionArn": execution })).await;
    let again = world.poll("work").await;
    assert_eq!((&again.input, &again.execution_arn), (&second.input, &second.execution_arn));
    world.report(succeeded(&again.token, "2")).await;
    world.watch(&execution).await;

    let ended = described(&aws, &run).await;
    assert_eq!((&ended["status"], &ended["redriveCount"]), (&json!("SUCCEEDED"), &json!(1)));
    assert!(ended["redriveDate"].as_f64() > failed_run["stopDate"].as_f64(), "{ended}");
    assert_eq!(ended["itemCounts"], counts(&json!({ "succeeded": 2, "total": 2 })));
    let parent = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
    assert_eq!((&parent["status"], &parent["output"]), (&json!("SUCCEEDED"), &json!("[1,2]")));
    let history = aws.ok("GetExecutionHistory", json!({ "executionArn": execution })).await;
    let events = history["events"].as_array().unwrap();
    let event = events.iter().find(|event| event["type"] == "MapRunRedriven").unwrap();
    let details = json!({ "mapRunArn": run, "redriveCount": 1 });
    assert_eq!(event["mapRunRedrivenEventDetails"], details);
    let list = |filter: &str| {
        let request = json!({ "mapRunArn": run, "redriveFilter": filter });
        aws.ok("ListExecutions", request)
    };
    let redriven = list("REDRIVEN").await;
    assert_eq!(redriven["executions"].as_array().unwrap().len(), 1);
    let item = &redriven["executions"][0];
    assert_eq!(item["executionArn"], json!(second.execution_arn));
    assert_eq!(item["redriveCount"], 1);
    let others = list("NOT_REDRIVEN").await;
    assert_eq!(others["executions"][0]["executionArn"], json!(first.execution_arn));
    assert_eq!(others["executions"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_cannot_do_is_refused() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("all", &over_items(LABEL)).await;
    let nowhere = format!("{ARN}:mapRun:all/Each:0198c0de-0000-7000-8000-000000000000");
    let run = |arn: &str| json!({ "mapRunArn": arn });
    let mut told = Vec::new();
    for (what, operation, input) in [
        ("nothing", "DescribeMapRun", json!({})),
        ("a name", "DescribeMapRun", run("all/Each")),
        ("an execution's", "DescribeMapRun", run(&format!("{ARN}:execution:all:one"))),
        ("no label", "DescribeMapRun", run(&format!("{ARN}:mapRun:all:one"))),
        ("an unknown one", "DescribeMapRun", run(&nowhere)),
        ("a name", "UpdateMapRun", run("all/Each")),
        ("an unknown one", "UpdateMapRun", run(&nowhere)),
        (
            "too much",
            "UpdateMapRun",
            json!({ "mapRunArn": nowhere, "toleratedFailurePercentage": 100.5 }),
        ),
        (
            "less than nothing",
            "UpdateMapRun",
            json!({ "mapRunArn": nowhere, "maxConcurrency": -1 }),
        ),
        ("nothing", "ListMapRuns", json!({})),
        ("a name", "ListMapRuns", json!({ "executionArn": "one" })),
        (
            "an unknown one",
            "ListMapRuns",
            json!({ "executionArn": format!("{ARN}:execution:all:one") }),
        ),
        ("an unknown run", "ListExecutions", run(&nowhere)),
        ("both", "ListExecutions", json!({ "mapRunArn": nowhere, "stateMachineArn": machine })),
        (
            "a filter for runs",
            "ListExecutions",
            json!({ "stateMachineArn": machine, "redriveFilter": "REDRIVEN" }),
        ),
        (
            "a filter that is none",
            "ListExecutions",
            json!({ "mapRunArn": nowhere, "redriveFilter": "SOME" }),
        ),
    ] {
        let refused = aws.refused(operation, input).await;
        let (status, code, message) = (refused.status, refused.code(), refused.message());
        told.push(format!("{operation}: {what}\n    {status} {code}\n    {message}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_are_listed_in_pages_newest_first() {
    let world = World::new().await;
    let aws = world.aws();
    let map = |name: &str, then: &str| {
        format!(
            r#""{name}": {{"Type": "Map", "Label": "{name}", {then}, "ItemProcessor": {{
              "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}},
              "StartAt": "Pass{name}", "States": {{"Pass{name}": {{"Type": "Pass", "End": true}}}}}}}}"#
        )
    };
    let (one, two) = (map("One", r#""Next": "Two""#), map("Two", r#""End": true"#));
    let machine =
        aws.create("two", &format!(r#"{{"StartAt": "One", "States": {{{one}, {two}}}}}"#)).await;
    let execution = aws.start(&machine, "[1]").await;
    world.watch(&execution).await;
    let mut token = Value::Null;
    for label in ["Two", "One"] {
        let request = json!({ "executionArn": execution, "maxResults": 1, "nextToken": token });
        let page = aws.ok("ListMapRuns", request).await;
        assert_eq!(page["mapRuns"][0]["stateMachineArn"], format!("{machine}/{label}"));
        token = page["nextToken"].clone();
        let labelled = json!({ "stateMachineArn": format!("{machine}/{label}") });
        assert_eq!(aws.ok("DescribeStateMachine", labelled).await["type"], "EXPRESS");
    }
    assert_eq!(token, Value::Null);
}
