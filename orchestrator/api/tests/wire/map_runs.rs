//! Map runs: described, listed with their children, and given other limits while they run.

use everstep_proto::v1;
use everstep_proto::v1::{ExecutionStatus, MapRunCounts, MapRunStatus};
use tonic::Code;

use crate::world::{PASS, World, failed, reason, succeeded};

const ARN: &str = "arn:aws:states:us-east-1:000000000000";

/// A Distributed Map over the input, with more fields as JSON text, whose children are tasks of the queue `work`.
fn over_items(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Map", "End": true, "Label": "Each", {fields}
          "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "One", "States": {{"One": {{"Type": "Task", "Resource": "work", "End": true}}}}}}}}}}}}"#
    )
}

async fn runs_of(world: &World, execution: &str) -> Vec<v1::list_map_runs_response::Item> {
    let execution = execution.to_owned();
    let request = v1::ListMapRunsRequest { execution, ..Default::default() };
    world.map_runs.clone().list_map_runs(request).await.expect("lists").into_inner().map_runs
}

fn describe(map_run: &str) -> v1::DescribeMapRunRequest {
    v1::DescribeMapRunRequest { map_run: map_run.to_owned(), ..Default::default() }
}

async fn described(world: &World, map_run: &str) -> v1::MapRun {
    let described = world.map_runs.clone().describe_map_run(describe(map_run)).await;
    described.expect("describes").into_inner()
}

async fn children(world: &World, map_run: &str) -> Vec<v1::list_executions_response::Item> {
    let map_run = map_run.to_owned();
    let request = v1::ListExecutionsRequest { map_run, ..Default::default() };
    world.executions.clone().list_executions(request).await.expect("lists").into_inner().executions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_tells_its_limits_and_what_became_of_its_items_and_children() {
    // Given three items in batches of two, and failures that are tolerated.
    let world = World::new().await;
    let fields = r#""ItemBatcher": {"MaxItemsPerBatch": 2}, "ToleratedFailurePercentage": 70,"#;
    let machine = world.create("all", &over_items(fields)).await;
    let execution = world.start(&machine, r#"["a", "b", "c"]"#).await;
    let (first, second) = (world.poll("work").await, world.poll("work").await);
    // When both children are at work.
    let [listed] = &runs_of(&world, &execution).await[..] else { panic!("one run is listed") };
    let running = described(&world, &listed.map_run_arn).await;
    // Then their items are counted with them.
    assert!(listed.map_run_arn.starts_with(&format!("{ARN}:mapRun:all/Each:")), "{listed:?}");
    assert_eq!(listed.execution_arn, execution);
    assert_eq!(listed.state_machine_arn, format!("{ARN}:stateMachine:all/Each"));
    assert_eq!(running.status(), MapRunStatus::Running);
    let expected = MapRunCounts { running: 3, total: 3, ..Default::default() };
    assert_eq!(running.item_counts, Some(expected));
    let expected = MapRunCounts { running: 2, total: 2, ..Default::default() };
    assert_eq!(running.execution_counts, Some(expected));
    // When one succeeds and the other, which has two of the items, fails.
    for task in [first, second] {
        let outcome = if task.input.contains(r#""a""#) {
            failed(&task.token, "Odd", "so")
        } else {
            succeeded(&task.token, "1")
        };
        world.report(outcome).await;
    }
    world.watch(&execution).await;
    // Then the run has succeeded all the same, and says so.
    let ended = described(&world, &listed.map_run_arn).await;
    assert!(ended.started_at.is_some() && ended.stopped_at.is_some());
    let counts = |succeeded, failed| {
        Some(MapRunCounts { succeeded, failed, total: succeeded + failed, ..Default::default() })
    };
    let expected = v1::MapRun {
        map_run_arn: listed.map_run_arn.clone(),
        execution_arn: execution,
        status: MapRunStatus::Succeeded.into(),
        tolerated_failure_percentage: 70.0,
        item_counts: counts(1, 2),
        execution_counts: counts(1, 1),
        started_at: ended.started_at,
        stopped_at: ended.stopped_at,
        ..Default::default()
    };
    assert_eq!(ended, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_children_are_executions_of_the_run_and_not_of_the_machine() {
    let world = World::new().await;
    let machine = world.create("all", &over_items("")).await;
    let execution = world.start(&machine, r"[1, 2, 3]").await;
    for _ in 0..3 {
        let task = world.poll("work").await;
        world.report(succeeded(&task.token, &task.input)).await;
    }
    world.watch(&execution).await;
    let run = runs_of(&world, &execution).await.remove(0).map_run_arn;
    // By the run, page by page, newest first.
    let listed = children(&world, &run).await;
    assert_eq!(listed.len(), 3);
    let mut paged = Vec::new();
    let mut next_token = String::new();
    loop {
        let (map_run, max_results) = (run.clone(), 2);
        let request =
            v1::ListExecutionsRequest { map_run, max_results, next_token, ..Default::default() };
        let page = world.executions.clone().list_executions(request).await.unwrap().into_inner();
        paged.extend(page.executions);
        next_token = page.next_token;
        if next_token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, listed);
    // Each is described under its own ARN, which holds the label.
    let mut inputs = Vec::new();
    for child in &listed {
        assert!(
            child.execution_arn.starts_with(&format!("{ARN}:execution:all/Each:")),
            "{child:?}"
        );
        assert_eq!((child.map_run_arn.as_str(), child.item_count), (run.as_str(), Some(1)));
        let described = world.describe(&child.execution_arn).await;
        assert_eq!(described.status(), ExecutionStatus::Succeeded);
        assert_eq!(described.state_machine_arn, format!("{ARN}:stateMachine:all/Each"));
        assert_eq!(described.map_run_arn, run);
        assert_eq!((described.item_count, &described.parent_execution_arn), (Some(1), &execution));
        inputs.push(described.input);
    }
    inputs.sort();
    assert_eq!(inputs, ["1", "2", "3"]);
    // The machine's list has the parent alone; without the label, or with another, no child is found.
    let of_machine = v1::ListExecutionsRequest { state_machine: machine, ..Default::default() };
    let of_machine = world.executions.clone().list_executions(of_machine).await.unwrap();
    assert_eq!(of_machine.into_inner().executions.len(), 1);
    for elsewhere in ["all", "all/Other"] {
        let execution = listed[0].execution_arn.replace("all/Each", elsewhere);
        let request = v1::DescribeExecutionRequest { execution, ..Default::default() };
        let refused = world.executions.clone().describe_execution(request).await.unwrap_err();
        assert_eq!(reason(&refused), "ExecutionDoesNotExist", "{elsewhere}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_changed_while_it_runs_and_not_after() {
    // Given one child at a time.
    let world = World::new().await;
    let machine = world.create("all", &over_items(r#""MaxConcurrency": 1,"#)).await;
    let execution = world.start(&machine, "[1, 2, 3]").await;
    let first = world.poll("work").await;
    let run = runs_of(&world, &execution).await.remove(0).map_run_arn;
    // When it is given room for three, and leave to fail.
    let update = v1::UpdateMapRunRequest {
        map_run: run.clone(),
        max_concurrency: Some(3),
        tolerated_failure_count: Some(1),
        ..Default::default()
    };
    world.map_runs.clone().update_map_run(update.clone()).await.expect("updates");
    let shown = described(&world, &run).await;
    assert_eq!((shown.max_concurrency, shown.tolerated_failure_count), (3, 1));
    // Then the others come beside the first, and one failure ends nothing.
    for task in [world.poll("work").await, world.poll("work").await] {
        world.report(succeeded(&task.token, "0")).await;
    }
    world.report(failed(&first.token, "Odd", "so")).await;
    world.watch(&execution).await;
    assert_eq!(described(&world, &run).await.status(), MapRunStatus::Succeeded);
    let refused = world.map_runs.clone().update_map_run(update).await.unwrap_err();
    assert_eq!(
        (refused.code(), &*reason(&refused)),
        (Code::InvalidArgument, "ValidationException")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_are_listed_newest_first_page_by_page() {
    // Given an execution with two Distributed Maps, one after the other.
    let world = World::new().await;
    let definition = r#"{"StartAt": "First", "States": {
        "First": {"Type": "Map", "Label": "One", "Next": "Second", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}},
        "Second": {"Type": "Map", "Label": "Two", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Q", "States": {"Q": {"Type": "Pass", "End": true}}}}}}"#;
    let machine = world.create("two", definition).await;
    let execution = world.start(&machine, "[1, 2]").await;
    world.watch(&execution).await;
    let mut request = v1::ListMapRunsRequest { execution, max_results: 1, ..Default::default() };
    for label in ["Two", "One"] {
        let page =
            world.map_runs.clone().list_map_runs(request.clone()).await.unwrap().into_inner();
        let [run] = &page.map_runs[..] else { panic!("one run a page") };
        assert!(run.map_run_arn.contains(&format!("two/{label}:")), "{run:?}");
        request.next_token = page.next_token;
        // An Express child has an Express execution's ARN.
        let child = children(&world, &run.map_run_arn).await.remove(0);
        assert!(
            child.execution_arn.starts_with(&format!("{ARN}:express:two/{label}:")),
            "{child:?}"
        );
    }
    assert_eq!(request.next_token, "");
    // An execution without any has none.
    let machine = world.create("none", PASS).await;
    let execution = world.start(&machine, "{}").await;
    assert_eq!(runs_of(&world, &execution).await, []);
}
