//! Distributed Maps: children of their own, items from files, results into files, and what a node that died had begun.

use std::collections::BTreeSet;
use std::sync::Arc;

use engine::{Engine, EngineConfig};
use execution::map_run::MapRunStatus;
use execution::{ExecutionId, Status};
use objects::{Objects, Settings};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use store::Store;
use tempfile::TempDir;

use crate::support::{PATIENCE, World, border, config, next, payload, ready, world, world_with};

/// A Map over the file `in.jsonl` in the bucket `data`.
pub(crate) fn over_file(fields: &str, states: &str) -> String {
    format!(
        r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Map", "End": true, {fields}
          "ItemReader": {{"Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {{"InputType": "JSONL"}},
            "Parameters": {{"Bucket": "data", "Key": "in.jsonl"}}}},
          "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "One", "States": {states}}}}}}}}}"#
    )
}

pub(crate) const WRITER: &str = r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "data", "Prefix": "out"}},"#;
const PASS: &str = r#"{"One": {"Type": "Pass", "End": true}}"#;
pub(crate) const TASK: &str = r#"{"One": {"Type": "Task", "Resource": "work", "End": true}}"#;

/// An engine whose local root has the bucket `data` with so many lines `{"n": …}`.
pub(crate) fn with_items(count: usize) -> (TempDir, EngineConfig) {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(root.path().join("data")).expect("a bucket");
    let lines: Vec<_> = (0..count).map(|n| format!("{{\"n\": {n}}}")).collect();
    std::fs::write(root.path().join("data/in.jsonl"), lines.join("\n")).expect("a file");
    let objects = Settings { local_root: Some(root.path().to_owned()), s3: None };
    let config = EngineConfig { objects: Objects::new(objects), ..config() };
    (root, config)
}

/// What the manifest of a state's result names, of one outcome.
pub(crate) fn results(root: &TempDir, output: &Value, outcome: &str) -> Vec<Value> {
    let file = |key: &Value| {
        let path = root.path().join("data").join(key.as_str().expect("a key"));
        let text = std::fs::read_to_string(path).expect("a file");
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let manifest = file(&output["ResultWriterDetails"]["Key"]);
    let files = manifest["ResultFiles"][outcome].as_array().expect("files").clone();
    files.iter().flat_map(|it| file(&it["Key"]).as_array().expect("results").clone()).collect()
}

/// Every number once.
pub(crate) fn each_once(results: &[Value], count: usize) {
    let numbers: BTreeSet<u64> = results
        .iter()
        .map(|result| {
            let output = result["Output"].as_str().expect("an output");
            let output: Value = serde_json::from_str(output).expect("JSON");
            output["n"].as_u64().expect("a number")
        })
        .collect();
    assert_eq!((results.len(), numbers.len()), (count, count));
}

async fn children(world: &World) -> i64 {
    let mut connection = PgConnection::connect(&world.url).await.expect("connects");
    let count = sqlx::query_scalar("select count(*) from execution where map_run is not null");
    count.fetch_one(&mut connection).await.expect("counts")
}

pub(crate) async fn ended_as(engine: &Engine, id: ExecutionId) -> (Status, Value) {
    let ended = engine.wait_for_end(id, PATIENCE).await.expect("it is found");
    let ended = ended.expect("it ends in time");
    let failure = || json!({ "error": ended.failure.error, "cause": ended.failure.cause });
    let output = ended.output.as_ref().map_or_else(failure, |output| output.value().clone());
    (ended.status, output)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_items_of_an_array_run_as_executions_and_their_outputs_are_the_result() {
    let world = world().await;
    let definition = r#"{"StartAt": "All", "States": {"All": {"Type": "Map", "End": true, "MaxConcurrency": 2,
        "ItemSelector": {"n.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index"},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
          "StartAt": "One", "States": {"One": {"Type": "Task", "Resource": "work", "End": true}}}}}}"#;
    let machine = world.machine("parent", definition).await;
    let started = world.start(&machine, "[10, 20, 30]").await;
    let mut worker = world.worker("work", 10).await;
    // Two at a time: the third comes once one of them has ended.
    for _ in 0..3 {
        let task = next(&mut worker).await;
        assert!(task.execution_arn.contains(":express:"), "{}", task.execution_arn);
        world.succeed(&task, &task.input.text().replace("\"at\"", "\"was\"")).await;
    }
    let (status, output) = ended_as(&world.engine, started.id).await;
    assert_eq!(status, Status::Succeeded);
    let expected = json!([{ "n": 10, "was": 0 }, { "n": 20, "was": 1 }, { "n": 30, "was": 2 }]);
    assert_eq!(output, expected);
    assert_eq!(children(&world).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_a_file_become_results_in_files_each_once() {
    let (root, config) = with_items(3000);
    let world = world_with(config).await;
    let machine = world.machine("parent", &over_file(WRITER, PASS)).await;
    let started = world.start(&machine, "{}").await;
    let (status, output) = ended_as(&world.engine, started.id).await;
    assert_eq!(status, Status::Succeeded, "{output}");
    each_once(&results(&root, &output, "SUCCEEDED"), 3000);
    assert_eq!(results(&root, &output, "FAILED"), Vec::<Value>::new());
    // The run's own account says the same.
    let runs = world.engine.map_runs(started.id).await.unwrap().unwrap().runs;
    let run = &runs[0];
    assert_eq!(
        (run.status, run.items.succeeded, run.items.total),
        (MapRunStatus::Succeeded, 3000, 3000)
    );
    assert_eq!(output["MapRunArn"], *run.started.arn);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_failures_than_are_tolerated_fail_the_run_and_stop_the_other_children() {
    let (_root, config) = with_items(20);
    let world = world_with(config).await;
    let fields = r#""ToleratedFailureCount": 1,"#;
    let machine = world.machine("parent", &over_file(fields, TASK)).await;
    let started = world.start(&machine, "{}").await;
    let mut worker = world.worker("work", 2).await;
    for _ in 0..2 {
        let task = next(&mut worker).await;
        let failure = execution::event::Failure::new("Odd", "so");
        world.engine.report(task.id, task.wait, engine::Outcome::Failed(failure)).await.unwrap();
    }
    let (status, output) = ended_as(&world.engine, started.id).await;
    assert_eq!(status, Status::Failed);
    assert_eq!(output["error"], "States.ExceedToleratedFailureThreshold");
    assert_eq!(output["cause"], "The specified tolerated failure threshold was exceeded");
    until_nothing_runs(&world.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_that_is_stopped_takes_its_children_along() {
    let (_root, config) = with_items(20);
    let world = world_with(config).await;
    let machine = world.machine("parent", &over_file("", TASK)).await;
    let started = world.start(&machine, "{}").await;
    let mut worker = world.worker("work", 1).await;
    next(&mut worker).await;
    world.engine.stop(started.id, execution::event::Failure::default()).await.unwrap();
    until_nothing_runs(&world.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_fails_the_run_in_the_readers_name() {
    let (root, config) = with_items(1);
    std::fs::remove_file(root.path().join("data/in.jsonl")).unwrap();
    let world = world_with(config).await;
    let machine = world.machine("parent", &over_file("", PASS)).await;
    let started = world.start(&machine, "{}").await;
    let (status, output) = ended_as(&world.engine, started.id).await;
    assert_eq!(status, Status::Failed);
    assert_eq!(output["error"], "States.ItemReaderFailed");
    assert_eq!(output["cause"], "The specified key does not exist: s3://data/in.jsonl");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_node_goes_on_where_the_first_one_left() {
    // Given a run in its middle: some children ended, some at work, some not begun.
    let (root, config) = with_items(2500);
    let world = world_with(config.clone()).await;
    let fields = format!(r#"{WRITER} "MaxConcurrency": 50,"#);
    let machine = world.machine("parent", &over_file(&fields, TASK)).await;
    let started = world.start(&machine, "{}").await;
    let mut worker = world.worker("work", 20).await;
    for _ in 0..100 {
        let task = next(&mut worker).await;
        world.succeed(&task, task.input.text()).await;
        worker.grant("work", 1);
    }
    // When its node leaves and another one takes over.
    world.engine.leave().await;
    let store = Store::connect(store::StoreOptions::new(&world.url)).await.unwrap();
    let engine = Engine::join(store.clone(), config, border()).await.unwrap();
    ready(&engine).await;
    let second = World { url: world.url.clone(), store, engine };
    let worker = second.worker("work", 100).await;
    let serving = tokio::spawn(serve(second.engine.clone(), worker));
    // Then each item is in the result, once.
    let (status, output) = ended_as(&second.engine, started.id).await;
    serving.abort();
    assert_eq!(status, Status::Succeeded, "{output}");
    each_once(&results(&root, &output, "SUCCEEDED"), 2500);
    assert_eq!(children(&second).await, 2500);
}

async fn serve(engine: Engine, mut worker: engine::Session) {
    loop {
        let task = next(&mut worker).await;
        let outcome = engine::Outcome::Succeeded(payload(task.input.text()));
        let engine = engine.clone();
        // What the first node's worker had begun is told apart by its token.
        tokio::spawn(async move { engine.report(task.id, task.wait, outcome).await });
        worker.grant("work", 1);
    }
}

async fn until_nothing_runs(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("connects");
    let running = "select count(*) from execution where status = 'RUNNING'";
    let none = async {
        loop {
            let running = sqlx::query_scalar::<_, i64>(running).fetch_one(&mut connection).await;
            if running.expect("counts") == 0 {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, none).await.expect("every child is stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_changed_while_it_runs() {
    let (_root, config) = with_items(5);
    let world = world_with(config).await;
    let machine = world.machine("parent", &over_file(r#""MaxConcurrency": 1,"#, TASK)).await;
    let started = world.start(&machine, "{}").await;
    let mut worker = world.worker("work", 5).await;
    let first = next(&mut worker).await;
    let run = Arc::new(world.engine.map_runs(started.id).await.unwrap().unwrap().runs.remove(0));
    let mut limits = run.limits;
    limits.max_concurrency = 5;
    world.engine.update_map_run(started.id, run.wait, limits).await.unwrap();
    // The other four come without waiting for the first.
    for _ in 0..4 {
        let task = next(&mut worker).await;
        world.succeed(&task, "0").await;
    }
    world.succeed(&first, "0").await;
    let (status, output) = ended_as(&world.engine, started.id).await;
    assert_eq!((status, output), (Status::Succeeded, json!([0, 0, 0, 0, 0])));
}
