//! The load generator: runs PostgreSQL, the server, a worker and a client as processes of this machine, and says what
//! an execution costs. A black box: it knows Everstep by its binary, its public API and its history table.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the report is what it is for")]

mod client;
mod faces;
mod floor;
mod machine;
mod measure;
mod pace;
mod report;
mod stage;
mod statements;
mod worker;
mod workload;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Whatever ends a measurement; it is printed, and nothing is done about it.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Measures Everstep on this machine, durable, every process of its own.
#[derive(Debug, Parser)]
#[command(name = "bench", subcommand_required = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Three tasks, one after the other, on an order of about 200 bytes
    Order(measure::Options),
    /// The same three tasks in an Express machine, whose caller waits for the end
    Express(measure::Options),
    /// Ten Pass states, no task
    Chain(measure::Options),
    /// A Map over 1,000 tasks
    FanOut(measure::Options),
    /// Ten states of JSONPath over 4 kB, and the same in JSONata; with the pace of the pure floors alone
    Data(measure::Options),
    /// All of them
    All(measure::Options),
    /// The order over gRPC and over AWS's API, one task a call in both
    Faces(faces::Options),
    #[command(hide = true)]
    FaceLoad(faces::Load),
    #[command(hide = true)]
    Worker(worker::Worker),
    #[command(hide = true)]
    Client(client::Client),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .init();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Fault> {
    use workload::Workload::{Chain, Data, DataJsonata, Express, FanOut, Order};
    match command {
        Command::Order(options) => measure::run(&[Order], &options),
        Command::Express(options) => measure::run(&[Express], &options),
        Command::Chain(options) => measure::run(&[Chain], &options),
        Command::FanOut(options) => measure::run(&[FanOut], &options),
        Command::Data(options) => measure::run(&[Data, DataJsonata], &options),
        Command::All(options) => {
            measure::run(&[Order, Express, Chain, FanOut, Data, DataJsonata], &options)
        }
        Command::Faces(options) => faces::run(&options),
        Command::FaceLoad(load) => {
            println!("{}", runtime()?.block_on(load.run())?.to_json());
            Ok(())
        }
        Command::Worker(worker) => runtime()?.block_on(worker.run()),
        Command::Client(client) => {
            println!("{}", runtime()?.block_on(client.run())?.to_json());
            Ok(())
        }
    }
}

/// One thread: beside a server and a database on the same few cores, more would only be in their way.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
