//! A server in the test's own process: the test plays its part of the dialogue by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use everstep_proto::v1::task_outcome::Outcome;
use everstep_proto::v1::tasks_server::{Tasks, TasksServer};
use everstep_proto::v1::{self, Task, TaskOutcome, TaskResult, WorkRequest, WorkResponse};
use everstep_worker::{TaskError, Worker, WorkerBuilder, WorkerError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{Code, Request, Response, Status, Streaming};

/// Far more than any step of a test takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    address: SocketAddr,
    sessions: mpsc::Receiver<Session>,
}

/// One `Work` stream.
pub(crate) struct Session {
    messages: Streaming<WorkRequest>,
    pub(crate) authorization: Option<String>,
    answers: mpsc::Sender<Result<WorkResponse, Status>>,
    /// All that the worker has said so far.
    pub(crate) said: Said,
}

#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) messages: usize,
    pub(crate) subscription: Option<v1::work_request::Subscription>,
    pub(crate) credits: BTreeMap<String, u32>,
    pub(crate) acknowledged: Vec<String>,
    pub(crate) outcomes: Vec<TaskOutcome>,
    pub(crate) heartbeats: Vec<String>,
    pub(crate) returned: Vec<String>,
    pub(crate) draining: bool,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    pub(crate) async fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let address = listener.local_addr().expect("it is bound");
        let (opened, sessions) = mpsc::channel(10);
        let service = TasksServer::new(Scripted { opened }).max_decoding_message_size(4 << 20);
        let serving = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(serving.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { address, sessions }
    }

    /// A worker that is to serve from here, to be given queues.
    pub(crate) fn worker(&self) -> WorkerBuilder {
        Worker::builder(format!("http://{}", self.address)).name("test")
    }

    pub(crate) async fn session(&mut self) -> Session {
        let mut session = within(self.sessions.recv()).await.expect("the server runs");
        session.hear().await;
        session
    }
}

impl Session {
    /// The next message. What is said in it is added to `said`.
    pub(crate) async fn hear(&mut self) -> WorkRequest {
        let message = within(self.messages.next()).await.expect("the stream is open");
        let message = message.expect("the worker's messages are well-formed");
        self.said.add(&message);
        message
    }

    /// Hears messages until what was said suffices.
    pub(crate) async fn until(&mut self, enough: impl Fn(&Said) -> bool) -> &Said {
        while !enough(&self.said) {
            self.hear().await;
        }
        &self.said
    }

    /// Whether the worker ends the stream, rather than saying more.
    pub(crate) async fn is_ended(&mut self) -> bool {
        within(self.messages.next()).await.is_none()
    }

    pub(crate) async fn hand_out(&self, tasks: impl IntoIterator<Item = Task>) {
        self.answer(WorkResponse { tasks: tasks.into_iter().collect(), ..Default::default() })
            .await;
    }

    pub(crate) async fn cancel(&self, token: &str) {
        self.answer(WorkResponse { cancelled: vec![token.to_owned()], ..Default::default() }).await;
    }

    pub(crate) async fn settle(&self, token: &str, code: Code) {
        let message = "as the test has it".to_owned();
        let status = tonic_types::Status { code: code as i32, message, details: Vec::new() };
        let result = TaskResult { token: token.to_owned(), status: Some(status) };
        self.answer(WorkResponse { results: vec![result], ..Default::default() }).await;
    }

    async fn answer(&self, response: WorkResponse) {
        within(self.answers.send(Ok(response))).await.expect("the stream is open");
    }

    /// The stream breaks.
    pub(crate) async fn fail(self, status: Status) {
        within(self.answers.send(Err(status))).await.expect("the stream is open");
    }
}

impl Said {
    fn add(&mut self, message: &WorkRequest) {
        let message = message.clone();
        self.messages += 1;
        self.subscription = self.subscription.take().or(message.subscribe);
        for credit in message.credits {
            *self.credits.entry(credit.queue).or_default() += credit.tasks;
        }
        self.acknowledged.extend(message.acknowledged);
        self.outcomes.extend(message.outcomes);
        self.heartbeats.extend(message.heartbeats);
        self.returned.extend(message.returned);
        self.draining |= message.draining;
    }

    pub(crate) fn credits(&self, queue: &str) -> u32 {
        self.credits.get(queue).copied().unwrap_or_default()
    }

    pub(crate) fn has_outcome(&self, token: &str) -> bool {
        self.outcomes.iter().any(|outcome| outcome.token == token)
    }

    /// The latest outcome of the task.
    pub(crate) fn outcome(&self, token: &str) -> Result<String, TaskError> {
        let of_task = |outcome: &&TaskOutcome| outcome.token == token;
        let outcome = self.outcomes.iter().rev().find(of_task).expect("there is an outcome");
        match outcome.outcome.clone().expect("an outcome says which") {
            Outcome::Output(output) => Ok(output),
            Outcome::Failure(v1::TaskError { error, cause }) => Err(TaskError { error, cause }),
        }
    }
}

/// A worker that runs in a task of its own.
pub(crate) struct Served {
    running: JoinHandle<Result<(), WorkerError>>,
    shutdown: oneshot::Sender<()>,
}

impl Served {
    pub(crate) fn start(worker: WorkerBuilder) -> Self {
        let (shutdown, told) = oneshot::channel();
        let running = worker.build().run_until(async move {
            // A sender that is dropped tells nothing.
            if told.await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        Self { running: tokio::spawn(running), shutdown }
    }

    /// Tells the worker to drain; the handle resolves once it has.
    pub(crate) fn drain(self) -> JoinHandle<Result<(), WorkerError>> {
        self.shutdown.send(()).expect("the worker runs");
        self.running
    }

    pub(crate) async fn ended(self) -> Result<(), WorkerError> {
        within(self.running).await.expect("the worker does not panic")
    }
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it comes in time")
}

/// A task of the queue `queue`, with its token as input.
pub(crate) fn task(token: &str) -> Task {
    Task {
        token: token.to_owned(),
        queue: "queue".to_owned(),
        input: format!("\"{token}\""),
        attempt: 1,
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:m:e".to_owned(),
        state: "Pay".to_owned(),
        ..Task::default()
    }
}

struct Scripted {
    opened: mpsc::Sender<Session>,
}

#[tonic::async_trait]
impl Tasks for Scripted {
    type WorkStream = ReceiverStream<Result<WorkResponse, Status>>;

    async fn work(
        &self,
        request: Request<Streaming<WorkRequest>>,
    ) -> Result<Response<Self::WorkStream>, Status> {
        let (answers, stream) = mpsc::channel(100);
        let authorization = request.metadata().get("authorization");
        let authorization = authorization.and_then(|text| text.to_str().ok().map(str::to_owned));
        let (messages, said) = (request.into_inner(), Said::default());
        let session = Session { messages, authorization, answers, said };
        self.opened.send(session).await.expect("the test goes on");
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn poll_tasks(
        &self,
        _: Request<v1::PollTasksRequest>,
    ) -> Result<Response<v1::PollTasksResponse>, Status> {
        Err(not_needed())
    }
    async fn report_tasks(
        &self,
        _: Request<v1::ReportTasksRequest>,
    ) -> Result<Response<v1::ReportTasksResponse>, Status> {
        Err(not_needed())
    }
    async fn heartbeat_tasks(
        &self,
        _: Request<v1::HeartbeatTasksRequest>,
    ) -> Result<Response<v1::HeartbeatTasksResponse>, Status> {
        Err(not_needed())
    }
    async fn acknowledge_tasks(
        &self,
        _: Request<v1::AcknowledgeTasksRequest>,
    ) -> Result<Response<v1::AcknowledgeTasksResponse>, Status> {
        Err(not_needed())
    }
    async fn return_tasks(
        &self,
        _: Request<v1::ReturnTasksRequest>,
    ) -> Result<Response<v1::ReturnTasksResponse>, Status> {
        Err(not_needed())
    }
}

fn not_needed() -> Status {
    Status::unimplemented("the worker needs the stream alone")
}
