//! gRPC with unary calls, one task each.

use everstep_proto::v1::executions_client::ExecutionsClient;
use everstep_proto::v1::task_outcome::Outcome;
use everstep_proto::v1::tasks_client::TasksClient;
use everstep_proto::v1::{
    PollTasksRequest, ReportTasksRequest, StartExecutionRequest, TaskOutcome,
};
use tonic::transport::{Channel, Endpoint};

use super::load::Task;
use crate::Fault;
use crate::workload::Workload;

/// Below the 100 streams that HTTP/2 servers commonly allow on one connection.
const CALLS_PER_CONNECTION: usize = 64;

#[derive(Clone)]
pub(super) struct Client {
    connections: Vec<Channel>,
    next: usize,
}

impl Client {
    pub(super) async fn connect(address: &str, concurrency: usize) -> Result<Self, Fault> {
        let endpoint = Endpoint::from_shared(address.to_owned())?.tcp_nodelay(true);
        let mut connections = Vec::new();
        for _ in 0..(concurrency * 4).div_ceil(CALLS_PER_CONNECTION) {
            connections.push(endpoint.connect().await?);
        }
        Ok(Self { connections, next: 0 })
    }

    fn connection(&mut self) -> Channel {
        self.next = (self.next + 1) % self.connections.len();
        self.connections[self.next].clone()
    }

    pub(super) async fn start(&mut self, input: String) -> Result<(), Fault> {
        let request = StartExecutionRequest {
            state_machine: Workload::Order.name().to_owned(),
            input,
            ..StartExecutionRequest::default()
        };
        ExecutionsClient::new(self.connection()).start_execution(request).await?;
        Ok(())
    }

    pub(super) async fn poll(&mut self, queue: &str) -> Result<Option<Task>, Fault> {
        let request = PollTasksRequest {
            queues: vec![queue.to_owned()],
            max_tasks: 1,
            // As AWS's clients: the answer, once written, counts.
            cannot_acknowledge: true,
            ..PollTasksRequest::default()
        };
        let polled = TasksClient::new(self.connection()).poll_tasks(request).await?.into_inner();
        let task = polled.tasks.into_iter().next();
        Ok(task.map(|task| Task { token: task.token, input: task.input }))
    }

    pub(super) async fn succeed(&mut self, token: String, output: String) -> Result<(), Fault> {
        let outcome = TaskOutcome { token, outcome: Some(Outcome::Output(output)) };
        let request = ReportTasksRequest { outcomes: vec![outcome] };
        let answer = TasksClient::new(self.connection()).report_tasks(request).await?.into_inner();
        let refused = answer.results.into_iter().filter_map(|it| it.status).find(|it| it.code != 0);
        refused.map_or(Ok(()), |status| Err(status.message.into()))
    }
}
