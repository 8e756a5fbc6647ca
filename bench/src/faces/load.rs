//! The load process: callers that start orders and wait for them, and the worker that serves their tasks, over one face.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;

use super::signature::Key;
use super::{Face, aws, grpc};
use crate::Fault;
use crate::report::ClientReport;
use crate::workload::{QUEUES, Workload};

/// An order that takes longer is a fault of the run.
const ORDER_MAX: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Load {
    #[arg(long)]
    face: Face,
    #[arg(long)]
    address: String,
    #[arg(long)]
    concurrency: usize,
    #[arg(long)]
    seconds: f64,
}

/// A task as either face hands it out.
pub(super) struct Task {
    pub(super) token: String,
    pub(super) input: String,
}

#[derive(Clone)]
enum Client {
    Grpc(grpc::Client),
    Aws(aws::Client),
}

impl Client {
    async fn start(&mut self, input: String) -> Result<(), Fault> {
        match self {
            Self::Grpc(client) => client.start(input).await,
            Self::Aws(client) => client.start(input).await,
        }
    }

    async fn poll(&mut self, queue: &str) -> Result<Option<Task>, Fault> {
        match self {
            Self::Grpc(client) => client.poll(queue).await,
            Self::Aws(client) => client.poll(queue).await,
        }
    }

    async fn succeed(&mut self, token: String, output: String) -> Result<(), Fault> {
        match self {
            Self::Grpc(client) => client.succeed(token, output).await,
            Self::Aws(client) => client.succeed(token, output).await,
        }
    }
}

/// Who waits for which order. The worker tells them: the outcome of the last task has been accepted, which ends the order.
type Waiting = Arc<Mutex<BTreeMap<String, oneshot::Sender<()>>>>;

impl Load {
    pub(crate) async fn run(self) -> Result<ClientReport, Fault> {
        let client = match self.face {
            Face::Grpc => {
                Client::Grpc(grpc::Client::connect(&self.address, self.concurrency).await?)
            }
            Face::Aws => Client::Aws(aws::Client::connect(&self.address, &QUEUES, None).await?),
            Face::Signed => {
                let key = Some(Key::from_environment()?);
                Client::Aws(aws::Client::connect(&self.address, &QUEUES, key).await?)
            }
        };
        let waiting = Waiting::default();
        for queue in QUEUES {
            for _ in 0..self.concurrency {
                tokio::spawn(serve(client.clone(), queue, Arc::clone(&waiting)));
            }
        }
        let begin = Instant::now();
        let until = begin + Duration::from_secs_f64(self.seconds);
        let callers: Vec<_> = (0..self.concurrency)
            .map(|caller| tokio::spawn(call(client.clone(), caller, until, Arc::clone(&waiting))))
            .collect();
        ClientReport::of(callers, begin).await
    }
}

async fn call(
    mut client: Client,
    caller: usize,
    until: Instant,
    waiting: Waiting,
) -> Result<Vec<f64>, Fault> {
    let mut latencies_ms = Vec::new();
    while Instant::now() < until {
        let id = format!("{caller}-{}", latencies_ms.len());
        let mut input = Workload::Order.input(0);
        input["orderId"] = Value::from(id.as_str());
        let (tell, told) = oneshot::channel();
        waiting.lock().expect("nobody panicked").insert(id, tell);
        let begin = Instant::now();
        client.start(input.to_string()).await?;
        tokio::time::timeout(ORDER_MAX, told).await??;
        latencies_ms.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(latencies_ms)
}

async fn serve(mut client: Client, queue: &'static str, waiting: Waiting) -> Result<(), Fault> {
    loop {
        let Some(task) = client.poll(queue).await? else { continue };
        let mut order: Value = serde_json::from_str(&task.input)?;
        order[queue] = Value::from("ok-0123456789");
        client.succeed(task.token, order.to_string()).await?;
        if queue == QUEUES[QUEUES.len() - 1] {
            let id = order["orderId"].as_str().unwrap_or_default();
            let caller = waiting.lock().expect("nobody panicked").remove(id);
            // Of an earlier run: nobody waits.
            let _ = caller.map(|caller| caller.send(()));
        }
    }
}
