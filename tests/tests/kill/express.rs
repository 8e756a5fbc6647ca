//! Express executions through kills of the server: each accepted one ends, those that callers wait for end or are told lost, and no
//! execution is left that runs.

use std::path::PathBuf;
use std::time::Duration;

use everstep_proto::v1::task_outcome::Outcome;
use everstep_proto::v1::{
    CreateStateMachineRequest, Execution, ExecutionStatus, ListExecutionsRequest, PollTasksRequest,
    ReportTasksRequest, StartExecutionRequest, StartSyncExecutionRequest, StateMachineType, Task,
    TaskOutcome,
};
use everstep_tests::{Chance, Client, Database, Server, ServerOptions, free_port, patiently};
use serde_json::{Value, json};

const ASYNCHRONOUS: usize = 60;
const SYNCHRONOUS: usize = 20;
/// They start within it, and kills fall while they run.
const STARTS_WITHIN_MS: u64 = 8_000;
const KILLS: usize = 4;
const PATIENCE: Duration = Duration::from_mins(3);

const MACHINE: &str = r#"{"StartAt": "One", "States": {
  "One": {"Type": "Task", "Resource": "work", "Next": "Pause"},
  "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Two"},
  "Two": {"Type": "Task", "Resource": "work", "End": true}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_start_ends_and_none_is_left_running() {
    let mut chance = Chance::from_environment();
    let database = Database::start("express");
    let mut server = Server::start(ServerOptions {
        database_url: database.url(),
        port: free_port(),
        log: log_folder().join("server.log"),
        flags: ["--lease-ttl", "1s", "--announce-grace", "1s"].map(str::to_owned).into(),
    });
    server.ready().await;
    let client = server.client();
    create(&client).await;
    let worker = tokio::spawn(work(client.clone()));
    let mut running = Vec::new();
    for n in 0..ASYNCHRONOUS + SYNCHRONOUS {
        let (client, pause) = (client.clone(), chance.millis(0, STARTS_WITHIN_MS));
        running.push(tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            follow(&client, n).await
        }));
    }

    for _ in 0..KILLS {
        tokio::time::sleep(chance.millis(800, 2_500)).await;
        server.process.kill();
        server.start_again();
    }

    for (n, execution) in running.into_iter().enumerate() {
        let execution = tokio::time::timeout(PATIENCE, execution).await.expect("every one ends");
        let execution = execution.expect("none panicked");
        assert_eq!(execution.status(), ExecutionStatus::Succeeded, "{execution:?}");
        let output: Value = serde_json::from_str(&execution.output.expect("it has one")).unwrap();
        assert_eq!(output, json!({ "n": n, "done": 2 }));
    }
    // Starts whose answer was lost, too.
    let all = list(&client).await;
    assert!(all.len() >= ASYNCHRONOUS + SYNCHRONOUS, "{} are listed", all.len());
    let end = async {
        while list(&client).await.contains(&ExecutionStatus::Running) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, end).await.expect("none is left running");
    worker.abort();
    server.process.must_run();
}

async fn create(client: &Client) {
    let request = CreateStateMachineRequest {
        name: "quick".to_owned(),
        definition: MACHINE.to_owned(),
        r#type: StateMachineType::Express.into(),
        ..CreateStateMachineRequest::default()
    };
    let created = patiently(|| {
        let (mut machines, request) = (client.machines.clone(), request.clone());
        async move { machines.create_state_machine(request).await }
    });
    created.await.expect("the definition is valid");
}

fn input(n: usize) -> String {
    json!({ "n": n, "done": 0 }).to_string()
}

async fn follow(client: &Client, n: usize) -> Execution {
    if n < ASYNCHRONOUS { run(client, n).await } else { run_to_the_end(client, n).await }
}

/// Follows an accepted start to its end.
async fn run(client: &Client, n: usize) -> Execution {
    let started = client.start("quick", &format!("e-{n}"), &input(n)).await.expect("it starts");
    loop {
        let execution = client.describe(&started.execution_arn).await.expect("it is there");
        if execution.status() != ExecutionStatus::Running {
            return execution;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Again, where it was lost with its node.
async fn run_to_the_end(client: &Client, n: usize) -> Execution {
    let request = StartSyncExecutionRequest {
        start: Some(StartExecutionRequest {
            state_machine: "quick".to_owned(),
            input: input(n),
            ..StartExecutionRequest::default()
        }),
        ..StartSyncExecutionRequest::default()
    };
    let answer = patiently(|| {
        let (mut executions, request) = (client.executions.clone(), request.clone());
        async move { executions.start_sync_execution(request).await }
    });
    answer.await.expect("it runs").execution.expect("the answer tells how it ended")
}

/// Counts in `done` how many tasks an execution has had.
async fn work(client: Client) {
    loop {
        let request = PollTasksRequest {
            queues: vec!["work".to_owned()],
            max_tasks: 10,
            ..PollTasksRequest::default()
        };
        let polled = patiently(|| {
            let (mut tasks, request) = (client.tasks.clone(), request.clone());
            async move { tasks.poll_tasks(request).await }
        });
        for task in polled.await.expect("the queue is named").tasks {
            let client = client.clone();
            tokio::spawn(async move { serve(&client, task).await });
        }
    }
}

/// An answer to a run that went with its node is refused, and that is well.
async fn serve(client: &Client, task: Task) {
    let mut document: Value = serde_json::from_str(&task.input).expect("it is JSON");
    document["done"] = json!(document["done"].as_u64().expect("it counts") + 1);
    let outcome = Some(Outcome::Output(document.to_string()));
    let outcomes = vec![TaskOutcome { token: task.token, outcome }];
    let request = ReportTasksRequest { outcomes };
    loop {
        let reported = patiently(|| {
            let (mut tasks, request) = (client.tasks.clone(), request.clone());
            async move { tasks.report_tasks(request).await }
        });
        let results = reported.await.expect("the token is in order").results;
        let code = results[0].status.as_ref().map_or(0, |status| status.code);
        if code != tonic::Code::Unavailable as i32 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn list(client: &Client) -> Vec<ExecutionStatus> {
    let request = ListExecutionsRequest {
        state_machine: "quick".to_owned(),
        max_results: 1000,
        ..ListExecutionsRequest::default()
    };
    let listed = patiently(|| {
        let (mut executions, request) = (client.executions.clone(), request.clone());
        async move { executions.list_executions(request).await }
    });
    let executions = listed.await.expect("the machine is there").executions;
    executions.iter().map(everstep_proto::v1::list_executions_response::Item::status).collect()
}

fn log_folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("express");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}
