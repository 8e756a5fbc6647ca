//! The worker process: serves every queue of the workloads through the SDK, as an application's worker would.
use everstep_worker::{Queue, TaskContext, TaskError};
use serde_json::{Map, Value};

use crate::Fault;
use crate::workload::QUEUES;

/// Enough that tasks never wait for a slot at the concurrency that is measured.
const SLOTS_PER_QUEUE: u32 = 512;
/// As long as the field that the peers' workers add.
const ADDED: &str = "ok-0123456789";

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Worker {
    #[arg(long)]
    pub(crate) address: String,
}

impl Worker {
    pub(crate) async fn run(self) -> Result<(), Fault> {
        let slots = SLOTS_PER_QUEUE * u32::try_from(QUEUES.len())?;
        let mut worker = everstep_worker::Worker::builder(self.address).name("bench").slots(slots);
        for field in QUEUES {
            let serve = move |_: TaskContext, input: Map<String, Value>| add(field, input);
            worker = worker.serve(Queue::new(field, serve).slots(SLOTS_PER_QUEUE));
        }
        worker.build().run().await?;
        Ok(())
    }
}

#[expect(clippy::unused_async, reason = "a handler is async, and this one has nothing to wait for")]
async fn add(field: &str, mut input: Map<String, Value>) -> Result<Value, TaskError> {
    input.insert(field.to_owned(), Value::from(ADDED));
    Ok(Value::Object(input))
}
