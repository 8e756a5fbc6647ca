//! All orders of the example through a storm of `kill -9`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use everstep_proto::v1::{Execution, ExecutionStatus};
use everstep_tests::{Chance, Client, Database, Process, Server, ServerOptions, binary, free_port};
use order_pipeline::ledger::Ledger;
use order_pipeline::{DEFINITION, Order, orders};

use crate::storm::{Storm, Targets};
use crate::verdict::check_history;
use crate::{ledgers, verdict};

/// Half of the orders start at once, the others within this time: every kill hits orders in each of their states.
const STARTS_WITHIN_MS: u64 = 40_000;
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
    let mut chance = Chance::from_environment();
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
    let orders = at_moments(&mut chance);
    let running = tokio::spawn(run_all(client.clone(), orders, targets.clone()));
    let struck = Vec::new();
    let storm = Storm { chance, database, server, workers, logs, targets, struck };
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
    faults.extend(storm.check_struck(&histories));
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

/// In any sequence, each with the time to wait before it starts. Those that a kill is aimed at never crowd at the beginning.
fn at_moments(chance: &mut Chance) -> Vec<(Duration, Order)> {
    let mut orders = orders();
    chance.shuffle(&mut orders);
    let mut moment = |order: &Order| {
        let at_once = !is_target(order) && chance.below(2) == 0;
        if at_once { Duration::ZERO } else { chance.millis(0, STARTS_WITHIN_MS) }
    };
    orders.into_iter().map(|order| (moment(&order), order)).collect()
}

/// Its stock does not answer, once or ever.
fn is_target(order: &Order) -> bool {
    order.expect.inventory_attempts.is_some_and(|attempts| attempts > 1)
}

async fn run_all(client: Client, orders: Vec<(Duration, Order)>, targets: Targets) -> Vec<Ended> {
    let running = orders.into_iter().map(|(pause, order)| {
        let (client, targets) = (client.clone(), targets.clone());
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            run(&client, order, &targets).await
        })
    });
    let mut ended = Vec::new();
    for order in running.collect::<Vec<_>>() {
        ended.push(order.await.expect("no order panicked"));
    }
    ended
}

/// Starts the order under its name, so that a start whose answer was lost can be repeated, and follows it to its end.
async fn run(client: &Client, order: Order, targets: &Targets) -> Ended {
    let started = client.start("order", &order.name, order.input.get()).await;
    let started =
        started.unwrap_or_else(|status| panic!("{} does not start: {status}", order.name));
    if is_target(&order) {
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
