//! A client that speaks the public API and does not give up while a server is away.

use std::time::Duration;

use everstep_proto::v1::executions_client::ExecutionsClient;
use everstep_proto::v1::map_runs_client::MapRunsClient;
use everstep_proto::v1::state_machines_client::StateMachinesClient;
use everstep_proto::v1::tasks_client::TasksClient;
use everstep_proto::v1::{
    CreateStateMachineRequest, DescribeExecutionRequest, Execution, GetExecutionHistoryRequest,
    GetExecutionHistoryResponse, HistoryEvent, ListStateMachinesRequest, StartExecutionRequest,
    StartExecutionResponse,
};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};

/// Of one call. A retry follows, so that a server that was killed in the middle of it is no failure.
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub struct Client {
    pub machines: StateMachinesClient<Channel>,
    pub executions: ExecutionsClient<Channel>,
    pub tasks: TasksClient<Channel>,
    pub map_runs: MapRunsClient<Channel>,
}

impl Client {
    /// Connects when it is first used, and again whenever the connection breaks.
    pub fn new(address: &str) -> Self {
        let endpoint = Endpoint::from_shared(address.to_owned()).expect("it is an address");
        let channel = endpoint.connect_timeout(Duration::from_secs(2)).connect_lazy();
        Self {
            machines: StateMachinesClient::new(channel.clone()),
            executions: ExecutionsClient::new(channel.clone()).max_decoding_message_size(64 << 20),
            tasks: TasksClient::new(channel.clone()),
            map_runs: MapRunsClient::new(channel),
        }
    }

    /// Whether the server answers calls that need its database and its lease.
    pub async fn serves(&self) -> bool {
        let mut machines = self.machines.clone();
        let request = with_deadline(ListStateMachinesRequest::default());
        machines.list_state_machines(request).await.is_ok()
    }

    pub async fn create_machine(&self, name: &str, definition: &str) {
        let request = CreateStateMachineRequest {
            name: name.to_owned(),
            definition: definition.to_owned(),
            ..CreateStateMachineRequest::default()
        };
        let created = patiently(|| {
            let (mut machines, request) = (self.machines.clone(), with_deadline(request.clone()));
            async move { machines.create_state_machine(request).await }
        });
        created.await.expect("the definition is valid");
    }

    pub async fn start(
        &self,
        machine: &str,
        name: &str,
        input: &str,
    ) -> Result<StartExecutionResponse, Status> {
        let request = StartExecutionRequest {
            state_machine: machine.to_owned(),
            name: name.to_owned(),
            input: input.to_owned(),
            ..StartExecutionRequest::default()
        };
        patiently(|| {
            let (mut executions, request) =
                (self.executions.clone(), with_deadline(request.clone()));
            async move { executions.start_execution(request).await }
        })
        .await
    }

    pub async fn describe(&self, execution: &str) -> Result<Execution, Status> {
        let request = DescribeExecutionRequest {
            execution: execution.to_owned(),
            ..DescribeExecutionRequest::default()
        };
        patiently(|| {
            let (mut executions, request) =
                (self.executions.clone(), with_deadline(request.clone()));
            async move { executions.describe_execution(request).await }
        })
        .await
    }

    /// The whole history, page by page.
    pub async fn history(&self, execution: &str) -> Result<Vec<HistoryEvent>, Status> {
        let mut request = GetExecutionHistoryRequest {
            execution: execution.to_owned(),
            max_results: 7,
            ..GetExecutionHistoryRequest::default()
        };
        let mut events = Vec::new();
        loop {
            let page = self.history_page(&request).await?;
            events.extend(page.events);
            if page.next_token.is_empty() {
                return Ok(events);
            }
            request.next_token = page.next_token;
        }
    }

    async fn history_page(
        &self,
        request: &GetExecutionHistoryRequest,
    ) -> Result<GetExecutionHistoryResponse, Status> {
        patiently(|| {
            let (mut executions, request) =
                (self.executions.clone(), with_deadline(request.clone()));
            async move { executions.get_execution_history(request).await }
        })
        .await
    }
}

fn with_deadline<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

/// Calls again while the server or its database is away.
pub async fn patiently<T, F: Future<Output = Result<Response<T>, Status>>>(
    mut call: impl FnMut() -> F,
) -> Result<T, Status> {
    loop {
        match call().await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) if is_away(&status) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(status) => return Err(status),
        }
    }
}

fn is_away(status: &Status) -> bool {
    let code = status.code();
    // A connection that breaks while an answer is on its way shows as one of the last two.
    let broken = matches!(code, Code::Unknown | Code::Internal)
        && ["transport", "h2"].iter().any(|layer| status.message().contains(layer));
    let away = matches!(
        code,
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Cancelled
    );
    away || broken
}
