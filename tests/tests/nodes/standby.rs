//! One server serves, another stands by; one that was paused past its lease writes nothing more.

use std::time::{Duration, Instant};

use everstep_proto::v1::task_outcome::Outcome;
use everstep_proto::v1::{
    ExecutionStatus, ListStateMachinesRequest, ReportTasksRequest, StartExecutionRequest, Task,
    TaskOutcome,
};
use everstep_tests::{Client, Database};
use rustix::process::Signal;
use sqlx::{Connection, PgConnection};
use tonic::Code;
use tonic_types::StatusExt;

use crate::support::{LEASE, ONE_TASK, PATIENCE, complete, is_healthy, poll, server};

pub(crate) async fn stands_by(client: &Client) -> tonic::Status {
    let asking = async {
        loop {
            let mut machines = client.machines.clone();
            match machines.list_state_machines(ListStateMachinesRequest::default()).await {
                Err(status) if status.message().contains("stands by") => return status,
                // It starts; or it has just woken and reads for a moment more, which does no harm.
                Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it says so in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_refuses_calls_and_takes_over_when_the_active_server_is_killed() {
    let database = Database::start("standby");
    let mut first = server(&database, "standby-first");
    first.ready().await;
    let mut second = server(&database, "standby-second");
    let status = stands_by(&second.client()).await;
    assert_eq!(status.code(), Code::Unavailable);
    let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
    assert!(retry.is_some(), "a refusal says when to try again: {status:?}");
    assert!(is_healthy(&first).await && !is_healthy(&second).await, "health tells who serves");

    first.client().create_machine("work", ONE_TASK).await;
    let started = first.client().start("work", "waits", "1").await.expect("it serves");
    let killed = Instant::now();
    first.process.kill();
    let task = poll(&second.client()).await;
    let took = killed.elapsed();

    assert!(took >= LEASE / 2, "a lease was not waited for: {took:?}");
    assert_eq!(task.execution_arn, started.execution_arn);
    assert_eq!(complete(&second.client(), &task).await, 0);
    second.ready().await;
    assert!(is_healthy(&second).await, "health tells who serves");
    let execution = second.client().describe(&started.execution_arn).await.expect("it is there");
    assert_eq!(execution.status(), ExecutionStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_paused_past_its_lease_writes_nothing_more_and_stands_by() {
    let database = Database::start("paused");
    let mut first = server(&database, "paused-first");
    first.ready().await;
    first.client().create_machine("work", ONE_TASK).await;
    let started = first.client().start("work", "paused", "1").await.expect("it serves");
    let task = poll(&first.client()).await;
    let mut second = server(&database, "paused-second");
    stands_by(&second.client()).await;

    first.process.signal(Signal::STOP);
    second.ready().await;
    // What reaches the paused server now it will read when it wakes: an outcome, and a start.
    let late = tokio::spawn(late_calls(first.client(), task.clone()));
    // Nothing tells when a request lies in the socket of a process that does not run.
    tokio::time::sleep(Duration::from_millis(300)).await;
    first.process.signal(Signal::CONT);
    let (reported, begun) = late.await.expect("no panic");

    assert_ne!(reported, Some(0), "the paused server accepted an outcome");
    assert!(!begun, "the paused server accepted a start");
    stands_by(&first.client()).await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("PostgreSQL runs");
    let (rows,): (i64,) = sqlx::query_as("select count(*) from history")
        .fetch_one(&mut connection)
        .await
        .expect("PostgreSQL runs");
    assert_eq!(rows, 2, "the start and the hand-out of the one execution");
    assert_eq!(complete(&second.client(), &task).await, 0, "the successor accepts the outcome");
    let execution = second.client().describe(&started.execution_arn).await.expect("it is there");
    assert_eq!(execution.status(), ExecutionStatus::Succeeded);
}

/// An outcome's code, if there was an answer, and whether a start was accepted. Sent while the server is paused.
async fn late_calls(client: Client, task: Task) -> (Option<i32>, bool) {
    let outcome =
        TaskOutcome { token: task.token, outcome: Some(Outcome::Output("\"late\"".to_owned())) };
    let (mut tasks, mut executions) = (client.tasks.clone(), client.executions.clone());
    let report = tasks.report_tasks(ReportTasksRequest { outcomes: vec![outcome] });
    let start = executions.start_execution(StartExecutionRequest {
        state_machine: "work".to_owned(),
        name: "late".to_owned(),
        ..StartExecutionRequest::default()
    });
    let (report, start) = tokio::join!(report, start);
    let code = report.ok().map(|answer| {
        answer.into_inner().results[0].status.as_ref().map_or(0, |status| status.code)
    });
    (code, start.is_ok())
}
