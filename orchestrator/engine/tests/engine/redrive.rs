//! Redrives: what had ended without success goes on, once, on one node, and survives that node.

use std::collections::BTreeMap;

use engine::{Engine, EngineError, HandOut, Outcome, Session};
use execution::event::Failure;
use execution::{ExecutionId, Status};

use crate::map_runs::{TASK, WRITER, each_once, ended_as, over_file, results, with_items};
use crate::nodes::second;
use crate::support::{
    PATIENCE, World, json, next, one_task, payload, ready, start, world, world_with,
};

/// Four items, two children at a time.
fn each(execution_type: &str) -> String {
    format!(
        r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Map", "End": true, "MaxConcurrency": 2,
          "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "{execution_type}"}},
            "StartAt": "One", "States": {{"One": {{"Type": "Task", "Resource": "work", "End": true}}}}}}}}}}}}"#
    )
}

async fn fail(engine: &Engine, task: &HandOut) {
    let outcome = Outcome::Failed(Failure::new("Odd", "so"));
    engine.report(task.id, task.wait, outcome).await.expect("the outcome is accepted");
}

async fn end(engine: &Engine, id: ExecutionId) -> Status {
    let ended = engine.wait_for_end(id, PATIENCE).await.expect("the engine answers");
    ended.expect("it ends in time").status
}

/// Works until the execution ends: how often each input came. `fails`: the inputs that fail.
async fn work(
    world: &World,
    worker: &mut Session,
    id: ExecutionId,
    fails: &[&str],
) -> (Status, BTreeMap<String, usize>) {
    let mut seen = BTreeMap::new();
    let ended = end(&world.engine, id);
    tokio::pin!(ended);
    loop {
        let task = tokio::select! {
            status = &mut ended => return (status, seen),
            task = next(worker) => task,
        };
        let input = task.input.text().to_owned();
        let outcome = if fails.contains(&&*input) {
            Outcome::Failed(Failure::new("Odd", "so"))
        } else {
            Outcome::Succeeded(payload(&input))
        };
        // A child that was told to stop meanwhile takes no outcome.
        let taken = world.engine.report(task.id, task.wait, outcome).await;
        *seen.entry(input).or_default() += usize::from(taken.is_ok());
        worker.grant("work", 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_task_is_scheduled_again_and_its_old_token_stays_refused() {
    let world = world().await;
    let machine = world.machine("m", &one_task("work", "")).await;
    let started = world.start(&machine, "1").await;
    let mut worker = world.worker("work", 2).await;
    let first = next(&mut worker).await;
    let running = world.engine.redrive(started.id, None, None).await;
    assert_eq!(running, Err(EngineError::NotRedrivable { status: Status::Running }));
    fail(&world.engine, &first).await;
    assert_eq!(end(&world.engine, started.id).await, Status::Failed);

    // When it is redriven, by a caller who then asks again with the same token.
    let token = || Some("t-1".to_owned());
    let redriven = world.engine.redrive(started.id, token(), None).await.expect("it has failed");
    assert_eq!(redriven.count, 1);
    assert_eq!(world.engine.redrive(started.id, token(), None).await, Ok(redriven));

    // Then the task comes again, and only its new token counts.
    let again = next(&mut worker).await;
    assert_eq!((again.id, again.attempt), (started.id, 1));
    let late = world.engine.report(first.id, first.wait, Outcome::Succeeded(payload("0"))).await;
    assert_eq!(late, Err(EngineError::TaskOver));
    world.succeed(&again, "2").await;
    let ended = world.end(&started).await;
    assert_eq!((ended.status, json(ended.output.as_ref())), (Status::Succeeded, 2.into()));

    // What has succeeded is not redrivable, and the token still means what it meant.
    let succeeded = world.engine.redrive(started.id, None, None).await;
    assert_eq!(succeeded, Err(EngineError::NotRedrivable { status: Status::Succeeded }));
    assert_eq!(world.engine.redrive(started.id, token(), None).await, Ok(redriven));
    let nobody = ExecutionId(uuid::Uuid::now_v7());
    assert_eq!(world.engine.redrive(nobody, None, None).await, Err(EngineError::UnknownExecution));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_callers_at_once_one_redrives() {
    let world = world().await;
    let machine = world.machine("m", &one_task("work", "")).await;
    let started = world.start(&machine, "1").await;
    world.engine.stop(started.id, Failure::default()).await.expect("it runs");

    let callers = (0..8).map(|_| {
        let engine = world.engine.clone();
        tokio::spawn(async move { engine.redrive(started.id, None, None).await })
    });
    let mut won = 0;
    for answer in callers.collect::<Vec<_>>() {
        match answer.await.expect("no caller panics") {
            Ok(redriven) => {
                assert_eq!(redriven.count, 1);
                won += 1;
            }
            Err(refused) => {
                assert_eq!(refused, EngineError::NotRedrivable { status: Status::Running });
            }
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fail_state_fails_again_as_often_as_it_is_redriven() {
    let world = world().await;
    let machine =
        world.machine("m", r#"{"StartAt": "No", "States": {"No": {"Type": "Fail"}}}"#).await;
    let started = world.start(&machine, "1").await;
    assert_eq!(end(&world.engine, started.id).await, Status::Failed);
    for count in 1..=3 {
        let redriven = world.engine.redrive(started.id, None, None).await.expect("it has failed");
        assert_eq!(redriven.count, count);
        assert_eq!(end(&world.engine, started.id).await, Status::Failed);
    }
    let row = world.store.execution(started.id).await.unwrap().unwrap();
    assert_eq!(row.redriven.map(|redriven| redriven.count), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_takes_over_what_was_redriven() {
    let world = world().await;
    let machine = world.machine("m", &one_task("work", "")).await;
    let started = world.start(&machine, "1").await;
    world.engine.stop(started.id, Failure::default()).await.expect("it runs");
    let redriven = world.engine.redrive(started.id, Some("t".to_owned()), None).await;
    let redriven = redriven.expect("it was stopped");

    let successor = second(&world.url).await;
    world.engine.leave().await;
    ready(&successor).await;

    let second = World { url: world.url.clone(), store: world.store.clone(), engine: successor };
    let again = second.engine.redrive(started.id, Some("t".to_owned()), None).await;
    assert_eq!(again, Ok(redriven), "the token is known by the history");
    let mut worker = second.worker("work", 1).await;
    let task = next(&mut worker).await;
    assert_eq!(task.id, started.id);
    second.succeed(&task, "1").await;
    assert_eq!(end(&second.engine, started.id).await, Status::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_run_repeats_only_the_children_that_have_not_succeeded() {
    for execution_type in ["STANDARD", "EXPRESS"] {
        let world = world().await;
        let machine = world.machine("m", &each(execution_type)).await;
        let started = world.start(&machine, "[1, 2, 3, 4]").await;
        let mut worker = world.worker("work", 4).await;
        let (status, first) = work(&world, &mut worker, started.id, &["2"]).await;
        assert_eq!(status, Status::Failed);
        assert_eq!(first["2"], 1);

        world.engine.redrive(started.id, None, None).await.expect("it has failed");
        let (status, second) = work(&world, &mut worker, started.id, &[]).await;

        assert_eq!(status, Status::Succeeded);
        for input in ["1", "2", "3", "4"] {
            let times = first.get(input).unwrap_or(&0) + second.get(input).unwrap_or(&0);
            assert_eq!(
                times,
                1 + usize::from(input == "2"),
                "{execution_type}, item {input}: {first:?} {second:?}"
            );
        }
        let ended = world.end(&started).await;
        assert_eq!(json(ended.output.as_ref()), serde_json::json!([1, 2, 3, 4]));
        let runs = world.engine.map_runs(started.id).await.unwrap().unwrap().runs;
        assert_eq!((runs.len(), runs[0].redrive_count), (1, 1));
        assert_eq!((runs[0].executions.succeeded, runs[0].executions.total), (4, 4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redriven_run_writes_the_results_of_every_attempt_once() {
    let (root, config) = with_items(4);
    let world = world_with(config).await;
    let fields = format!(r#""MaxConcurrency": 2, {WRITER}"#);
    let machine = world.machine("m", &over_file(&fields, TASK)).await;
    let started = world.start(&machine, "{}").await;
    let mut worker = world.worker("work", 4).await;
    let (status, seen) = work(&world, &mut worker, started.id, &[r#"{"n":1}"#]).await;
    assert_eq!(status, Status::Failed, "{seen:?}");

    world.engine.redrive(started.id, None, None).await.expect("it has failed");
    let (status, seen) = work(&world, &mut worker, started.id, &[]).await;

    assert_eq!(status, Status::Succeeded, "{seen:?}");
    let (_, output) = ended_as(&world.engine, started.id).await;
    each_once(&results(&root, &output, "SUCCEEDED"), 4);
    assert_eq!(results(&root, &output, "FAILED"), Vec::<serde_json::Value>::new());
    let run = &world.engine.map_runs(started.id).await.unwrap().unwrap().runs[0];
    assert_eq!((run.redrive_count, run.items.succeeded, run.items.results_written), (1, 4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_stopped_is_redriven_before_its_children_have_heard_of_the_stop() {
    let world = world().await;
    let machine = world.machine("m", &each("STANDARD")).await;
    let started = world.start(&machine, "[1, 2, 3, 4]").await;
    let mut worker = world.worker("work", 2).await;
    let held = [next(&mut worker).await, next(&mut worker).await];

    world.engine.stop(started.id, Failure::default()).await.expect("it runs");
    world.engine.redrive(started.id, None, None).await.expect("it was stopped");

    worker.grant("work", 2);
    let (status, seen) = work(&world, &mut worker, started.id, &[]).await;
    assert_eq!(status, Status::Succeeded, "{seen:?}");
    assert_eq!(seen.values().sum::<usize>(), 4, "each item succeeded once: {seen:?}");
    for task in held {
        let late = world.engine.report(task.id, task.wait, Outcome::Succeeded(payload("0"))).await;
        assert_eq!(late, Err(EngineError::TaskOver));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_belongs_to_its_execution_before_and_after_a_redrive() {
    let world = world().await;
    let machine = world.machine("m", &one_task("work", "")).await;
    let named = || start(&machine, Some("n"), "1");
    let started = world.engine.start(named()).await.expect("the name is free");
    world.engine.stop(started.id, Failure::default()).await.expect("it runs");
    let ended = world.engine.start(named()).await;
    assert_eq!(ended.unwrap_err(), EngineError::ExecutionAlreadyExists { execution: started.id });

    world.engine.redrive(started.id, None, None).await.expect("it was stopped");

    assert_eq!(world.engine.start(named()).await.expect("it runs").id, started.id);
}
