//! A machine of one task, a server beside others, and a worker by plain polls.

use std::path::PathBuf;
use std::time::Duration;

use everstep_proto::v1::task_outcome::Outcome;
use everstep_proto::v1::{
    AcknowledgeTasksRequest, PollTasksRequest, ReportTasksRequest, Task, TaskOutcome,
};
use everstep_tests::{Client, Database, Server, ServerOptions, free_port, patiently};
use tonic::Request;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

pub(crate) const ONE_TASK: &str = r#"{"StartAt": "Work", "States": {
    "Work": {"Type": "Task", "Resource": "work", "HeartbeatSeconds": 30, "End": true}}}"#;
pub(crate) const LEASE: Duration = Duration::from_secs(1);
/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// With a short lease, so that a test need not wait for the default one.
pub(crate) fn server(database: &Database, name: &str) -> Server {
    server_with(database, name, &["--lease-ttl", "1s"])
}

pub(crate) fn server_with(database: &Database, name: &str, flags: &[&str]) -> Server {
    let logs = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nodes");
    std::fs::create_dir_all(&logs).expect("the target folder can be written");
    Server::start(ServerOptions {
        database_url: database.url(),
        port: free_port(),
        log: logs.join(format!("{name}.log")),
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
    })
}

/// Polls until a task comes, through whatever is away meanwhile.
pub(crate) async fn poll(client: &Client) -> Task {
    let polling = async {
        loop {
            let polled = poll_once(client).await;
            if let Some(task) = polled.into_iter().next() {
                acknowledge(client, &task).await;
                return task;
            }
        }
    };
    tokio::time::timeout(PATIENCE, polling).await.expect("a task comes in time")
}

/// Without it the task would be offered again.
async fn acknowledge(client: &Client, task: &Task) {
    let request = AcknowledgeTasksRequest { tokens: vec![task.token.clone()] };
    let acknowledged = patiently(|| {
        let (mut tasks, request) = (client.tasks.clone(), request.clone());
        async move { tasks.acknowledge_tasks(request).await }
    });
    let cancelled = acknowledged.await.expect("an acknowledgement is answered").cancelled;
    assert!(cancelled.is_empty(), "the task has just been handed out");
}

async fn poll_once(client: &Client) -> Vec<Task> {
    let request = PollTasksRequest {
        queues: vec!["work".to_owned()],
        worker: "tester".to_owned(),
        max_tasks: 1,
        ..PollTasksRequest::default()
    };
    let polled = patiently(|| {
        let (mut tasks, mut request) = (client.tasks.clone(), Request::new(request.clone()));
        request.set_timeout(Duration::from_secs(5));
        async move { tasks.poll_tasks(request).await }
    });
    polled.await.expect("a poll is only ever refused for a while").tasks
}

pub(crate) fn done(task: &Task) -> TaskOutcome {
    let outcome = Some(Outcome::Output("\"done\"".to_owned()));
    TaskOutcome { token: task.token.clone(), outcome }
}

/// Whether the server's health says that it serves.
pub(crate) async fn is_healthy(server: &Server) -> bool {
    let endpoint = Endpoint::from_shared(server.address()).expect("it is an address");
    let mut health = HealthClient::new(endpoint.connect_lazy());
    let asked = health.check(HealthCheckRequest::default()).await.expect("the process runs");
    asked.into_inner().status() == ServingStatus::Serving
}

/// The code of the one result; 0: accepted.
pub(crate) async fn complete(client: &Client, task: &Task) -> i32 {
    let request = ReportTasksRequest { outcomes: vec![done(task)] };
    loop {
        let reported = patiently(|| {
            let (mut tasks, request) = (client.tasks.clone(), request.clone());
            async move { tasks.report_tasks(request).await }
        });
        let results = reported.await.expect("a report is answered").results;
        let code = results[0].status.as_ref().map_or(0, |status| status.code);
        if code != i32::from(tonic::Code::Unavailable) {
            return code;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
