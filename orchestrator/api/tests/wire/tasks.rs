//! Tasks by unary calls: polled, reported, kept alive, given back.

use std::time::Duration;

use everstep_proto::v1;
use tonic::{Code, Request};

use crate::world::{ONE_TASK, World, failed, poll, reason, soon, start, succeeded};

fn accepted() -> (Code, String) {
    (Code::Ok, String::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_says_what_it_is_and_its_outcome_ends_the_execution() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", r#"{"amount": 12.50}"#).await;
    let task = world.poll("pay").await;
    let reported = world.report(succeeded(&task.token, r#"{"paid": true}"#)).await;

    assert_eq!(task.queue, "pay");
    assert_eq!(task.input, r#"{"amount": 12.50}"#);
    assert_eq!(task.attempt, 1);
    assert_eq!(task.execution_arn, execution);
    assert_eq!(task.state, "Pay");
    assert_eq!(task.hand_outs_before, 0);
    assert!(task.deadline.is_some() && task.scheduled_at.is_some() && task.started_at.is_some());
    assert_eq!(reported, accepted());
    world.watch(&execution).await;
    let shown = world.describe(&execution).await;
    assert_eq!(shown.output.as_deref(), Some(r#"{"paid": true}"#));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_carries_its_error_and_cause_to_the_end() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let task = world.poll("pay").await;

    assert_eq!(world.report(failed(&task.token, "CardDeclined", "no funds")).await, accepted());
    world.watch(&execution).await;
    let shown = world.describe(&execution).await;
    assert_eq!(shown.status(), v1::ExecutionStatus::Failed);
    assert_eq!(shown.error.as_deref(), Some("CardDeclined"));
    assert_eq!(shown.cause.as_deref(), Some("no funds"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_answered_outcome_by_outcome_in_order() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    for _ in 0..3 {
        world.start("order", "{}").await;
    }
    let mut tasks = Vec::new();
    while tasks.len() < 3 {
        let request = v1::PollTasksRequest { max_tasks: 3, ..poll("pay") };
        tasks.extend(world.tasks.poll_tasks(request).await.unwrap().into_inner().tasks);
    }
    let outcomes = vec![
        succeeded(&tasks[0].token, "1"),
        succeeded("forged", "2"),
        succeeded(&tasks[1].token, "not json"),
        failed(&tasks[2].token, "Error", "cause"),
    ];
    let request = v1::ReportTasksRequest { outcomes: outcomes.clone() };
    let results = world.tasks.report_tasks(request).await.unwrap().into_inner().results;

    let tokens: Vec<&str> = results.iter().map(|result| result.token.as_str()).collect();
    let sent: Vec<&str> = outcomes.iter().map(|outcome| outcome.token.as_str()).collect();
    assert_eq!(tokens, sent);
    let reasons: Vec<_> = results.iter().map(|result| crate::world::result(result).1).collect();
    assert_eq!(reasons, ["", "InvalidToken", "InvalidOutput", ""]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_and_a_late_outcome_are_refused_and_leave_no_trace() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let task = world.poll("pay").await;
    assert_eq!(world.report(succeeded(&task.token, "1")).await, accepted());
    let events = world.watch(&execution).await;
    let duplicate = world.report(succeeded(&task.token, "1")).await;
    let contrary = world.report(failed(&task.token, "Error", "")).await;

    let timed_out = (Code::FailedPrecondition, "TaskTimedOut".to_owned());
    assert_eq!(duplicate, timed_out);
    assert_eq!(contrary, timed_out);
    assert_eq!(world.watch(&execution).await, events);

    // The execution was stopped while the worker worked.
    let execution = world.start("order", "{}").await;
    let task = world.poll("pay").await;
    let stop = v1::StopExecutionRequest { execution, ..v1::StopExecutionRequest::default() };
    world.executions.stop_execution(stop).await.unwrap();
    assert_eq!(world.report(succeeded(&task.token, "1")).await, timed_out);
    let beat = v1::HeartbeatTasksRequest { tokens: vec![task.token.clone()] };
    let beat = world.tasks.heartbeat_tasks(beat).await.unwrap().into_inner();
    assert_eq!(beat.cancelled, [task.token], "the worker hears that its work is in vain");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_over_the_limit_fails_the_task_as_aws_has_it() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let task = world.poll("pay").await;
    let output = format!("\"{}\"", "x".repeat(262_144));

    assert_eq!(world.report(succeeded(&task.token, &output)).await, accepted());
    world.watch(&execution).await;
    let shown = world.describe(&execution).await;
    assert_eq!(shown.error.as_deref(), Some("States.DataLimitExceeded"));
    assert!(shown.cause.unwrap().contains("size exceeding the maximum number of bytes"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heartbeat_or_acknowledgement_of_an_open_task_cancels_nothing() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    let task = world.poll("pay").await;
    let tokens = vec![task.token.clone()];
    let heartbeat = v1::HeartbeatTasksRequest { tokens: tokens.clone() };
    let acknowledge = v1::AcknowledgeTasksRequest { tokens };

    let heartbeat = world.tasks.heartbeat_tasks(heartbeat).await.unwrap().into_inner();
    let acknowledged = world.tasks.acknowledge_tasks(acknowledge).await.unwrap().into_inner();
    assert!(heartbeat.cancelled.is_empty() && acknowledged.cancelled.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_returned_task_is_offered_again_under_a_new_token() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let first = world.poll("pay").await;
    let returned = v1::ReturnTasksRequest { tokens: vec![first.token.clone()] };
    assert!(world.tasks.return_tasks(returned).await.unwrap().into_inner().cancelled.is_empty());
    let second = soon(world.poll("pay")).await;

    assert_ne!(first.token, second.token);
    assert_eq!((second.attempt, second.hand_outs_before), (1, 1), "no retry is used");
    assert_eq!(world.report(succeeded(&first.token, "1")).await.1, "TaskTimedOut");
    assert_eq!(world.report(succeeded(&second.token, "2")).await, accepted());
    let events = world.watch(&execution).await;
    let started = events.iter().filter(|event| event.r#type == "ActivityStarted").count();
    assert_eq!(started, 1, "a second hand-out is not in AWS's history");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_vanishes_in_a_long_poll_loses_no_task() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = {
        let mut tasks = world.tasks.clone();
        let vanishes = tokio::spawn(async move { tasks.poll_tasks(poll("pay")).await });
        while world.engine.pollers(store::NamespaceId(1), "pay") == 0 {
            tokio::task::yield_now().await;
        }
        let execution = world.start("order", "{}").await;
        vanishes.abort();
        execution
    };
    let task = soon(world.poll("pay")).await;

    assert_eq!(task.execution_arn, execution);
    assert_eq!(world.report(succeeded(&task.token, "1")).await, accepted());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_cannot_acknowledge_and_hangs_up_loses_no_task() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let request = v1::PollTasksRequest { cannot_acknowledge: true, ..poll("pay") };
    let mut tasks = world.tasks.clone();
    let hangs_up = tokio::spawn(async move { tasks.poll_tasks(request).await });
    while world.engine.pollers(store::NamespaceId(1), "pay") == 0 {
        tokio::task::yield_now().await;
    }
    hangs_up.abort();
    assert!(hangs_up.await.unwrap_err().is_cancelled());
    // On the same connection, so that the server hears of the hang-up first; it may not have acted on it.
    let execution = world.start("order", "{}").await;

    let task = soon(world.poll("pay")).await;

    assert_eq!(task.execution_arn, execution);
    assert_eq!(world.report(succeeded(&task.token, "1")).await, accepted());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_vanishes_before_there_is_a_task_waits_no_more() {
    let world = World::new().await;
    let mut tasks = world.tasks.clone();
    let vanishes = tokio::spawn(async move { tasks.poll_tasks(poll("pay")).await });
    let pollers = || world.engine.pollers(store::NamespaceId(1), "pay");
    while pollers() == 0 {
        tokio::task::yield_now().await;
    }
    vanishes.abort();
    let gone = async {
        while pollers() > 0 {
            tokio::task::yield_now().await;
        }
    };
    soon(gone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_of_a_queue_that_nobody_fills_answers_with_none() {
    let mut world = World::new().await;
    let brief = v1::PollTasksRequest {
        wait: Some(prost_types::Duration { seconds: 0, nanos: 1_000_000 }),
        ..poll("arn:aws:states:us-east-1:000000000000:activity:nobody")
    };
    assert!(world.tasks.poll_tasks(brief).await.unwrap().into_inner().tasks.is_empty());

    // The client's deadline is shorter than the poll's wait: it still gets an answer.
    let mut bounded = Request::new(poll("nobody"));
    bounded.set_timeout(Duration::from_secs(1));
    assert!(world.tasks.poll_tasks(bounded).await.unwrap().into_inner().tasks.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_long_polls_on_one_connection_hold_up_no_other_call() {
    let world = World::new().await;
    let polls: Vec<_> = (0..300)
        .map(|_| {
            let mut tasks = world.tasks.clone();
            tokio::spawn(async move { tasks.poll_tasks(poll("pay")).await })
        })
        .collect();
    let all_wait = async {
        while world.engine.pollers(store::NamespaceId(1), "pay") < 300 {
            tokio::task::yield_now().await;
        }
    };
    soon(all_wait).await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;

    let (polled, _, _) = soon(futures_util::future::select_all(polls)).await;
    assert_eq!(polled.unwrap().unwrap().into_inner().tasks.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_do_not_fit_one_answer_come_with_the_next_poll() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let input = format!("\"{}\"", "x".repeat(250_000));
    for _ in 0..20 {
        world.executions.start_execution(start("order", &input)).await.unwrap();
    }
    let mut tokens = Vec::new();
    let all = async {
        while tokens.len() < 20 {
            let request = v1::PollTasksRequest { max_tasks: 20, ..poll("pay") };
            // The client takes 4 MiB, which 20 such tasks exceed.
            let polled = world.tasks.poll_tasks(request).await.unwrap().into_inner();
            let held: Vec<String> = polled.tasks.into_iter().map(|task| task.token).collect();
            let request = v1::AcknowledgeTasksRequest { tokens: held.clone() };
            world.tasks.acknowledge_tasks(request).await.unwrap();
            tokens.extend(held);
        }
    };
    soon(all).await;
    for token in tokens {
        assert_eq!(world.report(succeeded(&token, "1")).await, accepted());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_database_is_refused() {
    let (mine, other) = (World::new().await, World::apart().await);
    other.create("order", ONE_TASK).await;
    other.start("order", "{}").await;
    let task = other.poll("pay").await;

    let refused = mine.report(succeeded(&task.token, "1")).await;
    assert_eq!(refused, (Code::InvalidArgument, "InvalidToken".to_owned()));
    let mut tasks = mine.tasks.clone();
    let request = v1::HeartbeatTasksRequest { tokens: vec![task.token] };
    let refused = tasks.heartbeat_tasks(request).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "InvalidToken")
    );
}
