//! The client process: so many callers in a closed loop, each starting an execution and waiting for its end.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use everstep_proto::v1::executions_client::ExecutionsClient;
use everstep_proto::v1::{
    Execution, ExecutionStatus, StartExecutionAndWaitRequest, StartExecutionRequest,
    StartSyncExecutionRequest, StateMachineType,
};
use tonic::transport::{Channel, Endpoint};

use crate::Fault;
use crate::report::ClientReport;
use crate::workload::Workload;

/// Below the 100 streams that HTTP/2 servers commonly allow on one connection.
const CALLERS_PER_CONNECTION: usize = 64;
/// An execution that takes longer is a fault of the run, not a sample.
const EXECUTION_TIMEOUT: Duration = Duration::from_mins(2);

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Client {
    #[arg(long)]
    pub(crate) address: String,
    #[arg(long)]
    pub(crate) workload: Workload,
    #[arg(long)]
    pub(crate) concurrency: usize,
    /// How long new executions are started; those that run are waited for
    #[arg(long)]
    pub(crate) seconds: f64,
}

impl Client {
    pub(crate) async fn run(self) -> Result<ClientReport, Fault> {
        let endpoint = Endpoint::from_shared(self.address.clone())?.tcp_nodelay(true);
        let mut connections = Vec::new();
        for _ in 0..self.concurrency.div_ceil(CALLERS_PER_CONNECTION) {
            connections.push(endpoint.connect().await?);
        }
        let next = Arc::new(AtomicU64::new(0));
        let begin = Instant::now();
        let until = begin + Duration::from_secs_f64(self.seconds);
        let callers: Vec<_> = (0..self.concurrency)
            .map(|caller| {
                let connection = connections[caller % connections.len()].clone();
                tokio::spawn(call_until(until, connection, self.workload, Arc::clone(&next)))
            })
            .collect();
        ClientReport::of(callers, begin).await
    }
}

async fn call_until(
    until: Instant,
    connection: Channel,
    workload: Workload,
    next: Arc<AtomicU64>,
) -> Result<Vec<f64>, Fault> {
    let mut client = ExecutionsClient::new(connection);
    let mut latencies_ms = Vec::new();
    loop {
        let input = workload.input(next.fetch_add(1, Ordering::Relaxed)).to_string();
        let begin = Instant::now();
        let start = StartExecutionRequest {
            state_machine: workload.name().to_owned(),
            input,
            ..StartExecutionRequest::default()
        };
        let execution = match workload.machine_type() {
            StateMachineType::Express => run_to_the_end(&mut client, start).await?,
            StateMachineType::Unspecified | StateMachineType::Standard => {
                start_and_wait(&mut client, start).await?
            }
        };
        latencies_ms.push(begin.elapsed().as_secs_f64() * 1e3);
        succeeded(&execution)?;
        if Instant::now() >= until {
            return Ok(latencies_ms);
        }
    }
}

async fn start_and_wait(
    client: &mut ExecutionsClient<Channel>,
    start: StartExecutionRequest,
) -> Result<Execution, Fault> {
    let mut request =
        tonic::Request::new(StartExecutionAndWaitRequest { start: Some(start), wait: None });
    request.set_timeout(EXECUTION_TIMEOUT);
    Ok(client.start_execution_and_wait(request).await?.into_inner())
}

async fn run_to_the_end(
    client: &mut ExecutionsClient<Channel>,
    start: StartExecutionRequest,
) -> Result<Execution, Fault> {
    let mut request = tonic::Request::new(StartSyncExecutionRequest {
        start: Some(start),
        ..StartSyncExecutionRequest::default()
    });
    request.set_timeout(EXECUTION_TIMEOUT);
    let answer = client.start_sync_execution(request).await?.into_inner();
    answer.execution.ok_or_else(|| "the answer does not say how it ended".into())
}

fn succeeded(execution: &Execution) -> Result<(), Fault> {
    if execution.status() == ExecutionStatus::Succeeded {
        return Ok(());
    }
    Err(format!(
        "{} ended as {:?}: {} {}",
        execution.execution_arn,
        execution.status(),
        execution.error(),
        execution.cause()
    )
    .into())
}
