//! What the tests are given: a server in this process with a database of its own, and clients.

use std::net::SocketAddr;
use std::time::Duration;

use api::http_tasks::ConnectedClient;
use cluster::ScratchCluster;
use engine::{Engine, EngineConfig, Readiness};
use everstep_proto::v1;
use everstep_proto::v1::activities_client::ActivitiesClient;
use everstep_proto::v1::connections_client::ConnectionsClient;
use everstep_proto::v1::executions_client::ExecutionsClient;
use everstep_proto::v1::map_runs_client::MapRunsClient;
use everstep_proto::v1::namespaces_client::NamespacesClient;
use everstep_proto::v1::state_machines_client::StateMachinesClient;
use everstep_proto::v1::tags_client::TagsClient;
use everstep_proto::v1::tasks_client::TasksClient;
use everstep_proto::v1::versions_client::VersionsClient;
use http_task::{Client, Guard, Options};
use store::{Store, StoreOptions};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::aws::compatibility::notes::Kept;

/// HTTP tasks may call this machine.
pub(crate) fn loopback_options() -> Options {
    let allowed = vec!["127.0.0.1".parse().expect("an address")];
    Options {
        guard: Guard { allowed, allow_plain: true },
        timeout: Duration::from_secs(30),
        certificates: None,
    }
}

async fn engine_on(url: &str) -> Engine {
    let store = Store::connect(StoreOptions::new(url)).await.expect("connects");
    let config = EngineConfig { lanes: 2, ..EngineConfig::default() };
    let engine = api::join(store, config).await.expect("joins");
    let mut readiness = engine.readiness();
    readiness.wait_for(|readiness| *readiness == Readiness::Ready).await.expect("gets ready");
    engine
}

pub(crate) async fn http_client(engine: &Engine, options: Options) -> ConnectedClient {
    let vault = api::vault(engine.store()).await.expect("the database answers");
    let client = Client::new(options).expect("a client");
    ConnectedClient::new(engine.store().clone(), client, vault)
}

/// One Task, served by the queue `pay`.
pub(crate) const ONE_TASK: &str =
    r#"{"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": "pay", "End": true}}}"#;
/// Ends at once with its input.
pub(crate) const PASS: &str =
    r#"{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}"#;
/// Waits far longer than any test.
pub(crate) const WAIT: &str =
    r#"{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86400, "End": true}}}"#;

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) address: SocketAddr,
    pub(crate) machines: StateMachinesClient<Channel>,
    pub(crate) executions: ExecutionsClient<Channel>,
    pub(crate) tasks: TasksClient<Channel>,
    pub(crate) namespaces: NamespacesClient<Channel>,
    pub(crate) connections: ConnectionsClient<Channel>,
    pub(crate) map_runs: MapRunsClient<Channel>,
    pub(crate) versions: VersionsClient<Channel>,
    pub(crate) activities: ActivitiesClient<Channel>,
    pub(crate) tags: TagsClient<Channel>,
    pub(crate) stop: CancellationToken,
    _stop: DropGuard,
    /// What the test shows of AWS's API.
    pub(crate) kept: Kept,
}

impl World {
    pub(crate) async fn new() -> Self {
        let url = ScratchCluster::shared().database_like("api", migrated);
        Self::on(&url).await
    }

    /// On a database that was migrated by itself, so that it has a secret of its own.
    pub(crate) async fn apart() -> Self {
        let url = ScratchCluster::shared().database();
        migrated(&url);
        Self::on(&url).await
    }

    /// On a database that is migrated already.
    pub(crate) async fn on(url: &str) -> Self {
        Self::serve(engine_on(url).await).await
    }

    /// As with `--http-reveal-secrets`.
    pub(crate) async fn revealing() -> Self {
        let engine = engine_on(&ScratchCluster::shared().database_like("api", migrated)).await;
        let http = http_client(&engine, loopback_options()).await.revealing(true);
        Self::serve_with(engine, http).await
    }

    pub(crate) async fn serve(engine: Engine) -> Self {
        let http = http_client(&engine, loopback_options()).await;
        Self::serve_with(engine, http).await
    }

    async fn serve_with(engine: Engine, http: ConnectedClient) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("has an address");
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let vault = api::vault(engine.store()).await.expect("the database answers");
        tokio::spawn(api::grpc::serve(engine.clone(), vault, http, listener, stopped));
        let channel = connect(address).await;
        Self {
            engine,
            address,
            machines: StateMachinesClient::new(channel.clone()),
            executions: ExecutionsClient::new(channel.clone()),
            tasks: TasksClient::new(channel.clone()),
            namespaces: NamespacesClient::new(channel.clone()),
            connections: ConnectionsClient::new(channel.clone()),
            map_runs: MapRunsClient::new(channel.clone()),
            versions: VersionsClient::new(channel.clone()),
            activities: ActivitiesClient::new(channel.clone()),
            tags: TagsClient::new(channel),
            _stop: stop.clone().drop_guard(),
            stop,
            kept: Kept::of_this_test(),
        }
    }

    pub(crate) async fn create(&self, name: &str, definition: &str) -> String {
        let request = create(name, definition);
        let created = self.machines.clone().create_state_machine(request).await.expect("creates");
        created.into_inner().state_machine_arn
    }

    /// The new execution's ARN.
    pub(crate) async fn start(&self, machine: &str, input: &str) -> String {
        let started = self.executions.clone().start_execution(start(machine, input)).await;
        started.expect("starts").into_inner().execution_arn
    }

    pub(crate) async fn describe(&self, execution: &str) -> v1::Execution {
        let request = v1::DescribeExecutionRequest {
            execution: execution.to_owned(),
            ..v1::DescribeExecutionRequest::default()
        };
        let described = self.executions.clone().describe_execution(request).await;
        described.expect("describes").into_inner()
    }

    /// The events up to the end, read as a watcher reads them.
    pub(crate) async fn watch(&self, execution: &str) -> Vec<v1::HistoryEvent> {
        let request = v1::WatchExecutionRequest {
            execution: execution.to_owned(),
            ..v1::WatchExecutionRequest::default()
        };
        let watch = self.executions.clone().watch_execution(request).await.expect("watches");
        let mut responses = watch.into_inner();
        let mut events = Vec::new();
        while let Some(response) = responses.message().await.expect("goes on to the end") {
            events.extend(response.events);
        }
        events
    }

    /// One task of `queue`, which must be there or come.
    pub(crate) async fn poll(&self, queue: &str) -> v1::Task {
        let polled = self.tasks.clone().poll_tasks(poll(queue)).await.expect("polls");
        polled.into_inner().tasks.pop().expect("a task is there")
    }

    /// The result of one outcome: its code and reason, empty where it was accepted.
    pub(crate) async fn report(&self, outcome: v1::TaskOutcome) -> (Code, String) {
        let request = v1::ReportTasksRequest { outcomes: vec![outcome] };
        let reported = self.tasks.clone().report_tasks(request).await.expect("is answered");
        result(&reported.into_inner().results[0])
    }
}

pub(crate) fn migrated(url: &str) {
    let url = url.to_owned();
    // The caller's runtime is busy waiting for this.
    let migrate = std::thread::spawn(move || {
        Runtime::new().expect("a runtime").block_on(async {
            let store = Store::connect(StoreOptions::new(url)).await.expect("connects");
            store.migrate().await.expect("migrates");
            store.close().await;
        });
    });
    migrate.join().expect("migrates");
}

pub(crate) async fn connect(address: SocketAddr) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{address}")).expect("a URL");
    endpoint.connect().await.expect("the server listens")
}

pub(crate) fn create(name: &str, definition: &str) -> v1::CreateStateMachineRequest {
    v1::CreateStateMachineRequest {
        name: name.to_owned(),
        definition: definition.to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/order".to_owned(),
        ..v1::CreateStateMachineRequest::default()
    }
}

pub(crate) fn start(machine: &str, input: &str) -> v1::StartExecutionRequest {
    v1::StartExecutionRequest {
        state_machine: machine.to_owned(),
        input: input.to_owned(),
        ..v1::StartExecutionRequest::default()
    }
}

pub(crate) fn poll(queue: &str) -> v1::PollTasksRequest {
    v1::PollTasksRequest {
        queues: vec![queue.to_owned()],
        worker: "worker-1".to_owned(),
        wait: Some(prost_types::Duration { seconds: 20, nanos: 0 }),
        ..v1::PollTasksRequest::default()
    }
}

pub(crate) fn succeeded(token: &str, output: &str) -> v1::TaskOutcome {
    let outcome = Some(v1::task_outcome::Outcome::Output(output.to_owned()));
    v1::TaskOutcome { token: token.to_owned(), outcome }
}

pub(crate) fn failed(token: &str, error: &str, cause: &str) -> v1::TaskOutcome {
    let failure = v1::TaskError { error: error.to_owned(), cause: cause.to_owned() };
    let outcome = Some(v1::task_outcome::Outcome::Failure(failure));
    v1::TaskOutcome { token: token.to_owned(), outcome }
}

pub(crate) fn result(result: &v1::TaskResult) -> (Code, String) {
    use prost::Message as _;
    let status = result.status.clone().expect("every result has a status");
    let code = Code::from_i32(status.code);
    let details = status.encode_to_vec().into();
    (code, reason(&Status::with_details(code, status.message, details)))
}

pub(crate) fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let Some(info) = details.error_info() else { return String::new() };
    assert_eq!(info.domain, "everstep");
    info.reason.clone()
}

/// Fails a test that waits for what never comes, instead of hanging it.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), what).await.expect("it comes within a minute")
}
