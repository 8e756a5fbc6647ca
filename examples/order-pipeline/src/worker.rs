//! One process of workers: any of the example's queues, with or without a ledger.

use std::time::Duration;

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
}

#[derive(Debug, Clone)]
pub struct Options {
    /// Such as `http://127.0.0.1:7233`.
    pub server: String,
    pub namespace: String,
    pub queues: Vec<Queue>,
    /// A PostgreSQL URL; `None`: the effects are kept nowhere.
    pub ledger: Option<String>,
    /// Tasks at once, over all queues.
    pub slots: u32,
    /// How long running tasks get to end after SIGTERM or SIGINT.
    pub drain_timeout: Duration,
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
    let _ = options;
    todo!()
}
