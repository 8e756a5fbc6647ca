//! One process of workers: any of the example's queues, with or without a ledger.

mod handlers;

use std::sync::Arc;
use std::time::Duration;

use everstep_worker::{AccessKey, Worker};

use self::handlers::Shop;
use crate::ledger::Ledger;

/// A queue of the example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Queue {
    Payment,
    Inventory,
    Shipping,
    Refund,
    Email,
    FraudCheck,
}

impl Queue {
    pub const ALL: [Self; 6] = [
        Self::Payment,
        Self::Inventory,
        Self::Shipping,
        Self::Refund,
        Self::Email,
        Self::FraudCheck,
    ];

    /// As the definition names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Inventory => "inventory",
            Self::Shipping => "shipping",
            Self::Refund => "refund",
            Self::Email => "email",
            Self::FraudCheck => "fraud-check",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Options {
    /// Such as `http://127.0.0.1:7233`.
    pub server: String,
    pub namespace: String,
    /// Where the server asks for one.
    pub access_key: Option<AccessKey>,
    pub queues: Vec<Queue>,
    /// A PostgreSQL URL; `None`: the effects are kept nowhere.
    pub ledger: Option<String>,
    /// Tasks at once, over all queues. Stock that does not answer holds a slot until its attempt times out.
    pub slots: u32,
    /// How long the work of one task takes.
    pub pace: Duration,
    /// How long running tasks get to end after SIGTERM or SIGINT.
    pub drain_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            server: "http://127.0.0.1:7233".to_owned(),
            namespace: "default".to_owned(),
            access_key: None,
            queues: Queue::ALL.to_vec(),
            ledger: None,
            slots: 256,
            pace: Duration::from_millis(20),
            drain_timeout: Duration::from_secs(30),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("the ledger cannot be used: {0}")]
    Ledger(#[from] sqlx::Error),
    #[error(transparent)]
    Worker(#[from] everstep_worker::WorkerError),
}

/// Serves until SIGTERM or SIGINT, then drains.
pub async fn run(options: Options) -> Result<(), WorkerError> {
    Ok(build(options).await?.run().await?)
}

/// Serves until `shutdown` resolves, then drains.
pub async fn run_until(
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), WorkerError> {
    Ok(build(options).await?.run_until(shutdown).await?)
}

async fn build(options: Options) -> Result<Worker, WorkerError> {
    let ledger = options.ledger.as_deref().map(Ledger::open).transpose()?;
    if let Some(ledger) = &ledger {
        ledger.migrate().await?;
    }
    let shop = Arc::new(Shop { ledger, pace: options.pace });
    let mut worker = Worker::builder(options.server)
        .namespace(options.namespace)
        .slots(options.slots)
        .drain_timeout(options.drain_timeout);
    if let Some(key) = options.access_key {
        worker = worker.access_key(&key.id, &key.secret);
    }
    let queues = options.queues.into_iter();
    Ok(queues.fold(worker, |worker, queue| worker.serve(shop.serving(queue))).build())
}
