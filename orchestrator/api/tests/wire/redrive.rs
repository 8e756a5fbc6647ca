//! `RedriveExecution`: its answer, each refusal, and what describe, list, history and watch show of it.

use everstep_proto::v1;
use everstep_proto::v1::history_event::Details;
use tonic::{Code, Status};

use crate::world::{ONE_TASK, PASS, WAIT, World, failed, reason, succeeded};

fn redrive(execution: &str, token: Option<&str>) -> v1::RedriveExecutionRequest {
    v1::RedriveExecutionRequest {
        execution: execution.to_owned(),
        client_token: token.map(str::to_owned),
        ..v1::RedriveExecutionRequest::default()
    }
}

async fn stopped(world: &World, machine: &str) -> String {
    let execution = world.start(machine, "{}").await;
    let request = v1::StopExecutionRequest { execution: execution.clone(), ..Default::default() };
    world.executions.clone().stop_execution(request).await.expect("it runs");
    execution
}

async fn refused(world: &World, request: v1::RedriveExecutionRequest) -> Status {
    world.executions.clone().redrive_execution(request).await.expect_err("it is refused")
}

fn types(events: &[v1::HistoryEvent]) -> Vec<&str> {
    events.iter().map(|event| event.r#type.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redriven_execution_runs_again_and_everything_shows_it() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let task = world.poll("pay").await;
    world.report(failed(&task.token, "Broke", "no money")).await;
    world.watch(&execution).await;
    let before = world.describe(&execution).await;
    assert_eq!(before.status(), v1::ExecutionStatus::Failed);
    assert_eq!(before.redrive_status(), v1::RedriveStatus::Redrivable);
    assert_eq!((before.redrive_count, before.redriven_at), (0, None));

    let request = redrive(&execution, Some("t-1"));
    let answer = world.executions.redrive_execution(request.clone()).await.expect("it has failed");

    // Running, without the end of before.
    let shown = world.describe(&execution).await;
    assert_eq!(shown.status(), v1::ExecutionStatus::Running);
    assert_eq!((&shown.stopped_at, &shown.error, &shown.output), (&None, &None, &None));
    assert_eq!((shown.redrive_count, shown.redriven_at), (1, answer.get_ref().redriven_at));
    assert_eq!(shown.redrive_status(), v1::RedriveStatus::NotRedrivable);
    let why = shown.redrive_status_reason.as_deref();
    assert_eq!(why, Some("Execution is RUNNING and cannot be redriven"));
    assert_eq!(shown.open_branches.len(), 1);
    let again = world.executions.redrive_execution(request).await.expect("the token is known");
    assert_eq!(again.get_ref(), answer.get_ref());

    // Its end is the end of the watch, however often it had ended before.
    let task = world.poll("pay").await;
    world.report(succeeded(&task.token, "1")).await;
    let events = world.watch(&execution).await;
    let expected = [
        "ExecutionStarted",
        "TaskStateEntered",
        "ActivityScheduled",
        "ActivityStarted",
        "ActivityFailed",
        "ExecutionFailed",
        "ExecutionRedriven",
        "ActivityScheduled",
        "ActivityStarted",
        "ActivitySucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ];
    assert_eq!(types(&events), expected);
    let details = v1::ExecutionRedrivenEventDetails { redrive_count: 1 };
    assert_eq!(events[6].details, Some(Details::ExecutionRedriven(details)));
    assert_eq!((events[6].previous_event_id, events[7].previous_event_id), (6, 5));
    let shown = world.describe(&execution).await;
    assert_eq!(
        (shown.status(), shown.output.as_deref()),
        (v1::ExecutionStatus::Succeeded, Some("1"))
    );
    let why = shown.redrive_status_reason.as_deref();
    assert_eq!(why, Some("Execution is SUCCEEDED and cannot be redriven"));
    let listed = world.executions.list_executions(v1::ListExecutionsRequest::default()).await;
    let listed = &listed.expect("lists").into_inner().executions[0];
    assert_eq!((listed.redrive_count, listed.redriven_at), (1, answer.get_ref().redriven_at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_redriven_is_refused_in_the_words_of_aws() {
    let world = World::new().await;
    world.create("quick", PASS).await;
    world.create("slow", WAIT).await;
    let done = world.start("quick", "{}").await;
    world.watch(&done).await;
    let runs = world.start("slow", "{}").await;
    let going = stopped(&world, "slow").await;
    for (execution, status) in [(&done, "SUCCEEDED"), (&runs, "RUNNING")] {
        for token in [None, Some("t-1")] {
            let refused = refused(&world, redrive(execution, token)).await;
            assert_eq!(refused.code(), Code::FailedPrecondition);
            assert_eq!(reason(&refused), "ExecutionNotRedrivable");
            let text = format!("Execution is {status} and cannot be redriven");
            assert_eq!(refused.message(), text);
        }
    }

    // A machine that is being deleted runs nothing new.
    let delete = v1::DeleteStateMachineRequest {
        state_machine: "slow".to_owned(),
        ..v1::DeleteStateMachineRequest::default()
    };
    world.machines.clone().delete_state_machine(delete).await.expect("deletes");
    let deleting = refused(&world, redrive(&going, None)).await;
    assert_eq!(reason(&deleting), "ExecutionNotRedrivable");
    assert_eq!(deleting.message(), "State machine is in DELETING status");
    let shown = world.describe(&going).await;
    assert_eq!(shown.redrive_status(), v1::RedriveStatus::NotRedrivable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_of_a_map_run_is_redriven_by_its_run() {
    let mut world = World::new().await;
    let definition = r#"{"StartAt": "All", "States": {"All": {"Type": "Map", "End": true, "Label": "All",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
          "StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": "pay", "End": true}}}}}}"#;
    world.create("orders", definition).await;
    let parent = world.start("orders", "[1]").await;
    let task = world.poll("pay").await;
    world.report(failed(&task.token, "Broke", "")).await;
    world.watch(&parent).await;

    let child = refused(&world, redrive(&task.execution_arn, None)).await;
    assert_eq!(
        (child.code(), reason(&child).as_str()),
        (Code::FailedPrecondition, "ExecutionNotRedrivable")
    );
    let shown = world.describe(&task.execution_arn).await;
    assert_eq!(shown.redrive_status(), v1::RedriveStatus::RedrivableByMapRun);

    world.executions.redrive_execution(redrive(&parent, None)).await.expect("it has failed");
    let again = world.poll("pay").await;
    assert_eq!(again.execution_arn, task.execution_arn);
    assert_eq!(world.describe(&again.execution_arn).await.redrive_count, 1);
    world.report(succeeded(&again.token, "1")).await;
    let events = world.watch(&parent).await;
    let kinds = types(&events);
    let redriven = kinds.iter().position(|kind| *kind == "MapRunRedriven").expect("it says so");
    assert_eq!(kinds[redriven - 1], "ExecutionRedriven");
    let Some(Details::MapRunRedriven(details)) = &events[redriven].details else {
        panic!("it has details");
    };
    assert!(details.map_run_arn.contains(":mapRun:orders/All:"), "{details:?}");
    assert_eq!(details.redrive_count, 1);
    assert_eq!(kinds.last(), Some(&"ExecutionSucceeded"));
}
