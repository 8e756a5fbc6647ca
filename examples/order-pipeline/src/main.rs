//! `order-worker`: a worker process of the example.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use everstep_worker::AccessKey;
use order_pipeline::worker::{self, Options, Queue};
use tracing_subscriber::EnvFilter;

/// Serves queues of the order pipeline until SIGTERM or SIGINT.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A queue to serve; may be repeated [default: all].
    #[arg(long = "queue", value_enum)]
    queues: Vec<Queue>,
    /// Everstep's address.
    #[arg(long, env = "EVERSTEP_SERVER", default_value = "http://127.0.0.1:7233")]
    server: String,
    #[arg(long, env = "EVERSTEP_NAMESPACE", default_value = "default")]
    namespace: String,
    /// The access key that the server asks for [default: none].
    #[arg(long, env = "EVERSTEP_ACCESS_KEY_ID", requires = "secret_access_key")]
    access_key_id: Option<String>,
    /// The secret that belongs to it; better in the environment than on the command line, which every process can read.
    #[arg(long, env = "EVERSTEP_SECRET_ACCESS_KEY", hide_env_values = true)]
    secret_access_key: Option<String>,
    /// A PostgreSQL URL, where every effect is entered (schema `ledger`). Without it effects are kept nowhere.
    #[arg(long, env = "EVERSTEP_LEDGER")]
    ledger: Option<String>,
    /// Tasks at once, over all queues.
    #[arg(long, default_value_t = 256)]
    slots: u32,
    /// How long the work of one task takes, in milliseconds.
    #[arg(long, default_value_t = 20)]
    pace_ms: u64,
    /// How long running tasks get to end after SIGTERM or SIGINT, in seconds.
    #[arg(long, default_value_t = 30)]
    drain_timeout_seconds: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let ansi = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    lines.with_ansi(ansi).init();
    match worker::run(arguments.into()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

impl From<Arguments> for Options {
    fn from(arguments: Arguments) -> Self {
        let queues = match arguments.queues {
            none if none.is_empty() => Queue::ALL.to_vec(),
            queues => queues,
        };
        let id = arguments.access_key_id.filter(|id| !id.is_empty());
        Self {
            server: arguments.server,
            namespace: arguments.namespace,
            access_key: id.zip(arguments.secret_access_key).map(|(id, it)| AccessKey::new(id, it)),
            queues,
            ledger: arguments.ledger,
            slots: arguments.slots,
            pace: Duration::from_millis(arguments.pace_ms),
            drain_timeout: Duration::from_secs(arguments.drain_timeout_seconds),
        }
    }
}
