//! Express machines over gRPC: started and run to the end, found and shown, and what each type refuses.

use everstep_proto::v1;
use everstep_proto::v1::open_branch::WaitsFor;
use tonic::Code;

use crate::world::{ONE_TASK, PASS, World, create, failed, reason, soon, start, succeeded};

const ARN: &str = "arn:aws:states:us-east-1:000000000000";

async fn express(world: &World, name: &str, definition: &str, level: &str) {
    let mut request = create(name, definition);
    request.set_type(v1::StateMachineType::Express);
    let logging = format!(r#"{{"level": "{level}", "includeExecutionData": true}}"#);
    request.configuration =
        Some(v1::StateMachineConfiguration { logging, ..v1::StateMachineConfiguration::default() });
    world.machines.clone().create_state_machine(request).await.expect("creates");
}

fn sync(machine: &str, name: &str, input: &str) -> v1::StartSyncExecutionRequest {
    v1::StartSyncExecutionRequest {
        start: Some(v1::StartExecutionRequest { name: name.to_owned(), ..start(machine, input) }),
        trace_header: "Root=1-2-3".to_owned(),
        exclude_execution_data: false,
    }
}

async fn types(world: &World, execution: &str) -> Vec<String> {
    let request = v1::GetExecutionHistoryRequest {
        execution: execution.to_owned(),
        ..v1::GetExecutionHistoryRequest::default()
    };
    let history = world.executions.clone().get_execution_history(request).await.expect("reads");
    history.into_inner().events.into_iter().map(|event| event.r#type).collect()
}

async fn listed(world: &World, machine: &str) -> Vec<(String, v1::ExecutionStatus)> {
    let request = v1::ListExecutionsRequest {
        state_machine: machine.to_owned(),
        ..v1::ListExecutionsRequest::default()
    };
    let listed = world.executions.clone().list_executions(request).await.expect("lists");
    let items = listed.into_inner().executions.into_iter();
    items.map(|item| (item.execution_arn.clone(), item.status())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_start_can_be_found_while_it_runs_and_after_its_end() {
    let mut world = World::new().await;
    express(&world, "quick", ONE_TASK, "OFF").await;
    let named = v1::StartExecutionRequest { name: "o-1".to_owned(), ..start("quick", "[1.10]") };
    let started = world.executions.start_execution(named.clone()).await.unwrap().into_inner();
    let other = world.executions.start_execution(named).await.unwrap().into_inner();
    let execution = started.execution_arn;

    let id = execution.strip_prefix(&format!("{ARN}:express:quick:o-1:")).expect("AWS's form");
    uuid::Uuid::parse_str(id).expect("it ends in an id");
    assert_ne!(execution, other.execution_arn, "the same name starts another one");
    let running = world.describe(&execution).await;
    let branch = &running.open_branches[0];
    assert_eq!(branch.waits_for, Some(WaitsFor::InMemory(v1::InMemoryWait {})));
    let (since, until) = (branch.since.unwrap(), branch.until.unwrap());
    assert_eq!(until.seconds - since.seconds, 300, "AWS's limit");
    assert_eq!((running.input.as_str(), running.name.as_str()), ("[1.10]", "o-1"));

    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let task = world.poll("pay").await;
        outcomes.push(world.report(succeeded(&task.token, "7.50")).await);
    }
    assert_eq!(outcomes, [(Code::Ok, String::new()), (Code::Ok, String::new())]);
    let events = soon(world.watch(&execution)).await;
    let watched: Vec<&str> = events.iter().map(|event| event.r#type.as_str()).collect();
    assert_eq!(watched, ["ExecutionStarted", "ExecutionSucceeded"]);
    let ended = world.describe(&execution).await;
    assert_eq!(
        (ended.status(), ended.output.as_deref()),
        (v1::ExecutionStatus::Succeeded, Some("7.50"))
    );
    assert_eq!(ended.state_machine_arn, format!("{ARN}:stateMachine:quick"));
    soon(world.watch(&other.execution_arn)).await;
    assert_eq!(
        listed(&world, "quick").await,
        [other.execution_arn, execution].map(|arn| (arn, v1::ExecutionStatus::Succeeded))
    );
}

/// Fields and billing as AWS's were recorded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_that_is_run_to_its_end_answers_with_it() {
    let mut world = World::new().await;
    express(&world, "pass", PASS, "ALL").await;
    let raise = r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "SomeFailure", "Cause": "so"}}}"#;
    express(&world, "raise", raise, "OFF").await;

    let mut excluded = sync("pass", "", "[1]");
    excluded.exclude_execution_data = true;
    let answer =
        world.executions.start_sync_execution(sync("pass", "s-1", "{ \"n\": 1.10 }")).await;
    let answer = answer.unwrap().into_inner();
    let failure = world.executions.start_sync_execution(sync("raise", "", "")).await.unwrap();
    let excluded = world.executions.start_sync_execution(excluded).await.unwrap().into_inner();

    assert_eq!(answer.trace_header, "Root=1-2-3");
    let billing = answer.billing.unwrap();
    assert_eq!(
        (billing.billed_duration_in_milliseconds, billing.billed_memory_used_in_mb),
        (100, 64)
    );
    let execution = answer.execution.unwrap();
    assert!(execution.execution_arn.starts_with(&format!("{ARN}:express:pass:s-1:")));
    assert_eq!(execution.state_machine_arn, format!("{ARN}:stateMachine:pass"));
    assert_eq!(
        (execution.name.as_str(), execution.status()),
        ("s-1", v1::ExecutionStatus::Succeeded)
    );
    assert_eq!(execution.input, "{ \"n\": 1.10 }");
    assert_eq!(execution.output.as_deref(), Some("{ \"n\": 1.10 }"));
    assert!(execution.started_at.is_some() && execution.stopped_at.is_some());
    let failed = failure.into_inner().execution.unwrap();
    assert_eq!(failed.status(), v1::ExecutionStatus::Failed);
    assert_eq!(
        (failed.error.as_deref(), failed.cause.as_deref()),
        (Some("SomeFailure"), Some("so"))
    );
    assert_eq!((failed.output, failed.input.as_str()), (None, "{}"));
    let excluded = excluded.execution.unwrap();
    assert_eq!((excluded.input.as_str(), excluded.output), ("", None));
    let history = types(&world, &execution.execution_arn).await;
    assert_eq!(
        history,
        ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"],
        "its machine asks for a history"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_fails_in_it_is_the_callers_answer_and_a_stop_ends_it() {
    let world = World::new().await;
    express(&world, "quick", ONE_TASK, "ERROR").await;
    let mut executions = world.executions.clone();
    let running =
        tokio::spawn(async move { executions.start_sync_execution(sync("quick", "", "1")).await });
    let task = world.poll("pay").await;
    assert_eq!(task.attempt, 1);
    world.report(failed(&task.token, "Broke", "no money")).await;
    let answer = soon(running).await.unwrap().unwrap().into_inner().execution.unwrap();
    let started = world.start("quick", "2").await;
    let stop = v1::StopExecutionRequest {
        execution: started.clone(),
        error: Some("Enough".to_owned()),
        ..v1::StopExecutionRequest::default()
    };
    world.executions.clone().stop_execution(stop).await.expect("stops");

    assert_eq!(
        (answer.status(), answer.error.as_deref()),
        (v1::ExecutionStatus::Failed, Some("Broke"))
    );
    let history = types(&world, &answer.execution_arn).await;
    assert_eq!(history[2..5], ["ActivityScheduled", "ActivityStarted", "ActivityFailed"]);
    let stopped = world.describe(&started).await;
    assert_eq!(
        (stopped.status(), stopped.error.as_deref()),
        (v1::ExecutionStatus::Aborted, Some("Enough"))
    );
}

/// AWS's text was recorded; its code is the contract's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_type_refuses_what_is_the_others() {
    let mut world = World::new().await;
    world.create("standard", PASS).await;
    express(&world, "quick", PASS, "OFF").await;
    let quick = world.start("quick", "{}").await;

    let refused =
        world.executions.start_sync_execution(sync("standard", "", "")).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "StateMachineTypeNotSupported")
    );
    assert_eq!(refused.message(), "This operation is not supported by this type of state machine");
    let none =
        world.executions.start_sync_execution(v1::StartSyncExecutionRequest::default()).await;
    assert_eq!(reason(&none.unwrap_err()), "MissingRequiredParameter");
    let mut long = sync("quick", "", "");
    long.trace_header = "x".repeat(257);
    let long = world.executions.start_sync_execution(long).await.unwrap_err();
    assert_eq!(reason(&long), "ValidationException");
    for (what, arn) in [
        ("another's machine", quick.replace(":quick:", ":other:")),
        ("another name", quick.replacen("express:quick:", "express:quick:x", 1)),
        ("an id that never was", format!("{}{}", &quick[..quick.len() - 1], "g")),
    ] {
        let request = v1::DescribeExecutionRequest { execution: arn, ..Default::default() };
        let refused = world.executions.describe_execution(request).await.expect_err(what);
        let expected =
            if what.starts_with("an id") { "InvalidArn" } else { "ExecutionDoesNotExist" };
        assert_eq!(reason(&refused), expected, "{what}");
    }
}

/// The texts are AWS's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_that_waits_for_others_is_refused_at_creation_and_at_update() {
    let world = World::new().await;
    express(&world, "quick", PASS, "OFF").await;
    let task = |resource: &str| {
        format!(
            r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "{resource}", "Parameters": {{"StateMachineArn": "x"}}, "End": true}}}}}}"#
        )
    };
    for (resource, what) in [
        ("arn:aws:states:::states:startExecution.sync", "'.sync' service integration"),
        (
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "'.waitForTaskToken' service integration ",
        ),
        ("arn:aws:states:us-east-1:000000000000:activity:a", "Activity ARN"),
    ] {
        let mut request = create("other", &task(resource));
        request.set_type(v1::StateMachineType::Express);
        let created = world.machines.clone().create_state_machine(request).await.unwrap_err();
        let update = v1::UpdateStateMachineRequest {
            state_machine: "quick".to_owned(),
            definition: Some(task(resource)),
            ..v1::UpdateStateMachineRequest::default()
        };
        let updated = world.machines.clone().update_state_machine(update).await.unwrap_err();
        for refused in [created, updated] {
            let text = format!("Express state machine does not support {what}");
            assert!(refused.message().contains(&text), "{}", refused.message());
            assert_eq!(reason(&refused), "InvalidDefinition");
        }
    }
}
