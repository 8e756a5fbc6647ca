//! Parents that wait for a child and then for a callback, through kills of the server: each child is started once, each end is heard
//! once, each callback ends its task once.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use everstep_proto::v1::task_outcome::Outcome;
use everstep_proto::v1::{
    Execution, ExecutionStatus, ListExecutionsRequest, PollTasksRequest, ReportTasksRequest, Task,
    TaskOutcome,
};
use everstep_tests::{Chance, Client, Database, Server, ServerOptions, free_port, patiently};
use serde_json::{Value, json};
use tonic::Code;

use crate::verdict::check_history;

const PARENTS: usize = 60;
/// Parents start within it, and kills fall while they run.
const STARTS_WITHIN_MS: u64 = 12_000;
const KILLS: usize = 6;
const PATIENCE: Duration = Duration::from_mins(3);

const PARENT: &str = r#"{"StartAt": "Child", "States": {
  "Child": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "ResultPath": "$.child",
    "Parameters": {"StateMachineArn": "child", "Input": {"n.$": "$.n"}}, "Next": "Ask"},
  "Ask": {"Type": "Task", "Resource": "arn:aws:states:::people:ask.waitForTaskToken", "HeartbeatSeconds": 120,
    "Parameters": {"n.$": "$.child.Output.n", "token.$": "$$.Task.Token"}, "End": true}}}"#;
const CHILD: &str =
    r#"{"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "work", "End": true}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_child_is_started_once_and_every_end_and_callback_is_heard_once() {
    let mut chance = Chance::from_environment();
    let database = Database::start("families");
    let mut server = Server::start(ServerOptions {
        database_url: database.url(),
        port: free_port(),
        log: log_folder().join("server.log"),
        flags: ["--lease-ttl", "1s", "--announce-grace", "1s"].map(str::to_owned).into(),
    });
    server.ready().await;
    let client = server.client();
    client.create_machine("child", CHILD).await;
    client.create_machine("parent", PARENT).await;
    let worker = tokio::spawn(work(client.clone()));
    let parents: Vec<_> = (0..PARENTS)
        .map(|n| {
            let (client, pause) = (client.clone(), chance.millis(0, STARTS_WITHIN_MS));
            tokio::spawn(async move {
                tokio::time::sleep(pause).await;
                run(&client, n).await
            })
        })
        .collect();

    for _ in 0..KILLS {
        tokio::time::sleep(chance.millis(800, 2_500)).await;
        server.process.kill();
        server.start_again();
    }

    let mut children = BTreeSet::new();
    for (n, parent) in parents.into_iter().enumerate() {
        let parent = tokio::time::timeout(PATIENCE, parent).await.expect("every parent ends");
        let parent = parent.expect("no parent panicked");
        assert_eq!(parent.status(), ExecutionStatus::Succeeded, "{parent:?}");
        assert_eq!(parent.output, Some(json!({ "answer": n }).to_string()));
        let history = client.history(&parent.execution_arn).await.expect("it has a history");
        check_history(&history).unwrap_or_else(|fault| panic!("{}: {fault}", parent.name));
        let ends = history.iter().filter(|event| event.r#type == "TaskSucceeded").count();
        assert_eq!(ends, 2, "one for the child, one for the callback: {history:?}");
        children.insert(child_of(&history));
    }
    assert_eq!(children.len(), PARENTS, "each has a child of its own");
    assert_eq!(list(&client, "child").await, children, "no child was started that no parent knows");
    worker.abort();
    server.process.must_run();
}

/// Starts under a name, so that a start whose answer was lost can be repeated, and follows it to its end.
async fn run(client: &Client, n: usize) -> Execution {
    let started = client.start("parent", &format!("p-{n}"), &json!({ "n": n }).to_string()).await;
    let started = started.expect("it starts");
    loop {
        let execution = client.describe(&started.execution_arn).await.expect("it is there");
        if execution.status() != ExecutionStatus::Running {
            return execution;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Does the children's work and makes the calls; and in the place of the people who are asked, answers by the token.
async fn work(client: Client) {
    loop {
        let request = PollTasksRequest {
            queues: vec!["work".to_owned(), "people:ask".to_owned()],
            max_tasks: 10,
            ..PollTasksRequest::default()
        };
        let polled = patiently(|| {
            let (mut tasks, request) = (client.tasks.clone(), request.clone());
            async move { tasks.poll_tasks(request).await }
        });
        for task in polled.await.expect("the queues are named").tasks {
            let client = client.clone();
            tokio::spawn(async move { serve(&client, task).await });
        }
    }
}

async fn serve(client: &Client, task: Task) {
    let input: Value = serde_json::from_str(&task.input).expect("it is JSON");
    if task.queue == "work" {
        report(client, &task.token, &task.input).await;
        return;
    }
    report(client, &task.token, r#"{"asked": true}"#).await;
    // Twice: the second answer is refused, or finds the task over.
    let token = input["token"].as_str().expect("it is in the input");
    let answer = json!({ "answer": input["n"] }).to_string();
    report(client, token, &answer).await;
    report(client, token, r#""late""#).await;
}

/// Until it is accepted, or refused for good.
async fn report(client: &Client, token: &str, output: &str) {
    loop {
        let outcome = Some(Outcome::Output(output.to_owned()));
        let request =
            ReportTasksRequest { outcomes: vec![TaskOutcome { token: token.to_owned(), outcome }] };
        let reported = patiently(|| {
            let (mut tasks, request) = (client.tasks.clone(), request.clone());
            async move { tasks.report_tasks(request).await }
        });
        let results = reported.await.expect("the tokens are in order").results;
        let code = results[0].status.as_ref().map_or(0, |status| status.code);
        if ![Code::Unavailable as i32, Code::ResourceExhausted as i32].contains(&code) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn child_of(history: &[everstep_proto::v1::HistoryEvent]) -> String {
    use everstep_proto::v1::history_event::Details;
    let answers: Vec<&str> = history
        .iter()
        .filter_map(|event| match &event.details {
            Some(Details::TaskSubmitted(submitted)) if submitted.resource_type == "states" => {
                Some(submitted.output.as_str())
            }
            _ => None,
        })
        .collect();
    assert_eq!(answers.len(), 1, "one call, one answer");
    let answer: Value = serde_json::from_str(answers[0]).expect("it is JSON");
    answer["ExecutionArn"].as_str().expect("it names the child").to_owned()
}

/// ARNs.
async fn list(client: &Client, machine: &str) -> BTreeSet<String> {
    let request = ListExecutionsRequest {
        state_machine: machine.to_owned(),
        max_results: 1000,
        ..ListExecutionsRequest::default()
    };
    let listed = patiently(|| {
        let (mut executions, request) = (client.executions.clone(), request.clone());
        async move { executions.list_executions(request).await }
    });
    let executions = listed.await.expect("the machine is there").executions;
    executions.into_iter().map(|execution| execution.execution_arn).collect()
}

fn log_folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("families");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}
