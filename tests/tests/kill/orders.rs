//! All orders of the example through a storm of `kill -9`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use everstep_proto::v1::{Execution, ExecutionStatus};
use everstep_tests::{Chance, Client, Database, Process, Server, ServerOptions, binary, free_port};
use order_pipeline::ledger::Ledger;
use order_pipeline::{DEFINITION, Order, orders};
use tokio::sync::Semaphore;

use crate::storm::{Storm, Targets};
use crate::verdict::check_history;
use crate::{ledgers, verdict};

/// Starts under way at once: enough that every kill hits many orders.
const STARTS_AT_ONCE: usize = 32;
/// The storm takes about a minute, the slowest order 40 s beyond it.
const PATIENCE: Duration = Duration::from_mins(6);

pub(crate) const QUEUES: [&str; 5] = ["payment", "inventory", "shipping", "refund", "email"];

/// An order and how its execution ended.
pub(crate) struct Ended {
    pub(crate) order: Order,
    pub(crate) execution: Execution,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_ends_as_it_should_whatever_is_killed() {
    let chance = Chance::from_environment();
    let database = Database::start("kill");
    let ledger = Ledger::open(&database.ledger_url()).expect("the URL is one");
    ledger.migrate().await.expect("PostgreSQL runs");
    let logs = log_folder();
    let mut server = Server::start(ServerOptions {
        database_url: database.url(),
        port: free_port(),
        log: logs.join("server.log"),
        flags: ["--lease-ttl", "1s"].map(str::to_owned).into(),
    });
    server.ready().await;
    let client = server.client();
    client.create_machine("order", DEFINITION).await;
    let workers = QUEUES.map(|queue| worker(queue, &server.address(), &database, &logs));

    let targets = Targets::default();
    let running = tokio::spawn(run_all(client.clone(), orders(), targets.clone()));
    let storm = Storm { chance, database, server, workers, logs, targets };
    let storm = storm.rage(&client).await;
    let ended = tokio::time::timeout(PATIENCE, running).await.expect("every order ends in time");
    let ended = ended.expect("no order panicked");

    let mut faults = Vec::new();
    let mut histories = BTreeMap::new();
    for Ended { order, execution } in &ended {
        let history = client.history(&execution.execution_arn).await.expect("it has a history");
        let checked =
            verdict::check_order(order, execution, &history).and_then(|()| check_history(&history));
        if let Err(fault) = checked {
            faults.push(format!("{}: {fault}", order.name));
        }
        histories.insert(execution.execution_arn.clone(), history);
    }
    faults.extend(ledgers::check(&ledger, &ended, &histories).await);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    storm.report();
}

pub(crate) fn worker(
    queue: &str,
    server: &str,
    database: &Database,
    logs: &std::path::Path,
) -> Process {
    let mut command = Command::new(binary("order-pipeline", "order-worker"));
    command.args(["--queue", queue, "--server", server, "--ledger", &database.ledger_url()]);
    Process::spawn(queue, &mut command, &logs.join(format!("worker-{queue}.log")))
}

fn log_folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kill");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

async fn run_all(client: Client, orders: Vec<Order>, targets: Targets) -> Vec<Ended> {
    let starts = Arc::new(Semaphore::new(STARTS_AT_ONCE));
    let running = orders.into_iter().map(|order| {
        let (client, starts, targets) = (client.clone(), Arc::clone(&starts), targets.clone());
        tokio::spawn(async move { run(&client, order, &starts, &targets).await })
    });
    let mut ended = Vec::new();
    for order in running.collect::<Vec<_>>() {
        ended.push(order.await.expect("no order panicked"));
    }
    ended
}

/// Starts the order under its name, so that a start whose answer was lost can be repeated, and follows it to its end.
async fn run(client: &Client, order: Order, starts: &Semaphore, targets: &Targets) -> Ended {
    let started = {
        let _permit = starts.acquire().await.expect("it is never closed");
        let started = client.start("order", &order.name, order.input.get()).await;
        started.unwrap_or_else(|status| panic!("{} does not start: {status}", order.name))
    };
    if order.expect.inventory_attempts == Some(4) {
        targets.add(&started.execution_arn);
    }
    loop {
        let execution = client.describe(&started.execution_arn).await;
        let execution = execution.unwrap_or_else(|status| panic!("{}: {status}", order.name));
        if execution.status() != ExecutionStatus::Running {
            return Ended { order, execution };
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
