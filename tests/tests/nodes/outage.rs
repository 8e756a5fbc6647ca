//! PostgreSQL goes away and comes back; nothing else is restarted.

use std::time::{Duration, Instant};

use everstep_proto::v1::{
    DescribeExecutionRequest, ExecutionStatus, ListExecutionsRequest, ReportTasksRequest,
    StartExecutionRequest, Task,
};
use everstep_tests::{Client, Database};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::support::{ONE_TASK, complete, done, poll, server};

const DEADLINE: Duration = Duration::from_secs(8);

fn bounded<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

fn is_away<T: std::fmt::Debug>(call: &str, asked: Instant, answer: Result<T, Status>) {
    let status = answer.expect_err("PostgreSQL is away");
    assert_eq!(status.code(), Code::Unavailable, "{call}: {status:?}");
    let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
    assert!(retry.is_some(), "{call} does not say when to try again: {status:?}");
    assert!(asked.elapsed() < DEADLINE, "{call} was answered after its deadline");
}

/// Each outcome is refused by itself; once the node knows that PostgreSQL is away, the whole call is. Either says when to try again.
async fn an_outcome_is_refused_for_a_while(client: &Client, task: &Task) {
    let request = bounded(ReportTasksRequest { outcomes: vec![done(task)] });
    let asked = Instant::now();
    let reported = match client.tasks.clone().report_tasks(request).await {
        Ok(reported) => reported,
        refused @ Err(_) => return is_away("complete", asked, refused),
    };
    assert!(asked.elapsed() < DEADLINE, "complete was answered after its deadline");
    let results = reported.into_inner().results;
    let status = results[0].status.clone().expect("a refusal has a status");
    assert_eq!(status.code, i32::from(Code::Unavailable), "{status:?}");
    let retry = status.details.iter().any(|any| any.type_url.ends_with("google.rpc.RetryInfo"));
    assert!(retry, "complete does not say when to try again: {status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_fail_as_unavailable_within_their_deadline_and_then_everything_goes_on() {
    let database = Database::start("outage");
    let mut server = server(&database, "outage");
    server.ready().await;
    let client = server.client();
    client.create_machine("work", ONE_TASK).await;
    let started = client.start("work", "before", "1").await.expect("it serves");
    let task = poll(&client).await;

    database.stop();
    let mut executions = client.executions.clone();
    let asked = Instant::now();
    let start = StartExecutionRequest {
        state_machine: "work".to_owned(),
        name: "during".to_owned(),
        ..StartExecutionRequest::default()
    };
    is_away("start", asked, executions.start_execution(bounded(start)).await);
    let asked = Instant::now();
    let describe = DescribeExecutionRequest {
        execution: started.execution_arn.clone(),
        ..DescribeExecutionRequest::default()
    };
    is_away("describe", asked, executions.describe_execution(bounded(describe)).await);
    let asked = Instant::now();
    let list = ListExecutionsRequest::default();
    is_away("list", asked, executions.list_executions(bounded(list)).await);
    an_outcome_is_refused_for_a_while(&client, &task).await;
    database.restart();

    assert_eq!(complete(&client, &task).await, 0, "the outcome is accepted");
    let execution = client.describe(&started.execution_arn).await.expect("it is there");
    assert_eq!(execution.status(), ExecutionStatus::Succeeded);
    let after = client.start("work", "after", "2").await.expect("it serves again");
    let task = poll(&client).await;
    assert_eq!(task.execution_arn, after.execution_arn);
    server.process.must_run();
}
