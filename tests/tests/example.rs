//! The example in its other shapes: the second version of its definition, and workers in Python.

#![expect(clippy::print_stderr, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use everstep_proto::v1::{Execution, ExecutionStatus};
use everstep_tests::{Database, Process, Server, ServerOptions, binary, free_port};
use order_pipeline::{DEFINITION, DEFINITION_V2, Order, check, orders};

const PATIENCE: Duration = Duration::from_mins(2);

/// A server on a PostgreSQL of its own, with the state machine `order`.
struct Stage {
    server: Server,
    logs: PathBuf,
    database: Database,
}

impl Stage {
    async fn set(name: &str, definition: &str) -> Self {
        let logs =
            std::env::temp_dir().join(format!("everstep-{name}-logs-{}", std::process::id()));
        std::fs::create_dir_all(&logs).expect("the temporary folder takes another");
        let database = Database::start(name);
        let mut server = Server::start(ServerOptions {
            database_url: database.url(),
            port: free_port(),
            log: logs.join("server.log"),
            flags: Vec::new(),
        });
        server.ready().await;
        server.client().create_machine("order", definition).await;
        Self { server, logs, database }
    }

    async fn start(&self, name: &str, input: &str) -> String {
        let started = self.server.client().start("order", name, input).await;
        started.expect("the start is accepted").execution_arn
    }

    async fn end(&self, execution: &str) -> Execution {
        let client = self.server.client();
        let describe = async || client.describe(execution).await.expect("it is there");
        let ended = async {
            let mut found = describe().await;
            while found.status() == ExecutionStatus::Running {
                tokio::time::sleep(Duration::from_millis(20)).await;
                found = describe().await;
            }
            found
        };
        let logs = self.logs.display();
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        ended.unwrap_or_else(|_| panic!("{execution} does not end; see {logs}"))
    }

    async fn run(&self, orders: &[Order]) {
        let mut started = Vec::new();
        for order in orders {
            started.push(self.start(&order.name, order.input.get()).await);
        }
        for (order, execution) in orders.iter().zip(started) {
            let ended = self.end(&execution).await;
            check(order, &ended).unwrap_or_else(|mismatch| panic!("{}: {mismatch}", order.name));
        }
    }
}

/// Every kind, but stock that never answers: that takes most of a minute.
fn varied() -> Vec<Order> {
    let mut orders = orders();
    orders.retain(|order| order.expect.inventory_attempts != Some(4));
    let odd = |order: &Order| !order.name.starts_with("plain");
    orders.retain(|order| odd(order) || order.name.ends_with('7'));
    orders
}

#[tokio::test]
async fn the_second_definition_brings_orders_to_the_same_ends_and_turns_suspects_away() {
    let stage = Stage::set("second", DEFINITION_V2).await;
    let mut command = Command::new(binary("order-pipeline", "order-worker"));
    command.args(["--server", &stage.server.address(), "--pace-ms", "1"]);
    let _worker = Process::spawn("order-worker", &mut command, &stage.logs.join("worker.log"));

    let suspect = stage.start(
        "suspect",
        r#"{"order_id":1,"amount":1.10,"customer":{"name":"Mallory","country":"Perú"},"card":{"number":"1"},"items":[]}"#,
    );
    let suspect = suspect.await;
    let honest: Vec<Order> = varied().into_iter().take(60).collect();
    stage.run(&honest).await;

    let suspect = stage.end(&suspect).await;
    assert_eq!(suspect.error.as_deref(), Some("PaymentDeclined"));
    let history = stage.server.client().history(&suspect.execution_arn).await.unwrap();
    assert!(!format!("{history:?}").contains("\"Payment\""), "nothing was charged");
}

#[tokio::test]
async fn a_worker_with_an_access_key_serves_where_one_is_asked_for() {
    // Given a server that asks for keys
    let stage = Stage::set("worker-key", DEFINITION).await;
    let mut keys = Command::new(binary("everstep", "everstep"));
    keys.args(["keys", "create", "--output", "json", "--database-url", &stage.database.url()]);
    let key = keys.output().expect("the executable runs").stdout;
    let key: serde_json::Value = serde_json::from_slice(&key).expect("it is JSON");
    let with_key = |command: &mut Command| {
        for (name, field) in
            [("ACCESS_KEY_ID", "accessKeyId"), ("SECRET_ACCESS_KEY", "secretAccessKey")]
        {
            command.env(format!("EVERSTEP_{name}"), key[field].as_str().expect("it is text"));
        }
    };
    let asks = async {
        while stage.server.client().serves().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asks).await.expect("it asks for the key soon");

    // When a worker has one, and who starts an order
    let mut worker = Command::new(binary("order-pipeline", "order-worker"));
    worker.args(["--server", &stage.server.address(), "--pace-ms", "1"]);
    with_key(&mut worker);
    let _worker = Process::spawn("order-worker", &mut worker, &stage.logs.join("worker.log"));
    let order = varied().into_iter().find(|it| it.name.starts_with("plain")).expect("most are");
    let mut start = Command::new(binary("everstep", "everstep"));
    start.args(["start", "order", "--wait", "--address", &stage.server.address(), "--input"]);
    with_key(start.arg(order.input.get()));
    let started = start.output().expect("the executable runs");

    // Then it ends well
    assert_eq!(started.status.code(), Some(0), "{}", String::from_utf8_lossy(&started.stderr));
}

#[tokio::test]
async fn a_python_worker_made_from_the_contract_alone_completes_orders() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/python-worker/run.sh");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-worker");
    let mut prepare = Command::new(&script);
    prepare.env("EVERSTEP_PYTHON_ENV", &folder).env("EVERSTEP_PYTHON_PREPARE", "1");
    if !prepare.status().is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has Python, and reaches its packages");
        eprintln!("skipped: {} could not prepare a Python environment", script.display());
        return;
    }
    let stage = Stage::set("python", DEFINITION).await;
    let address = stage.server.address();
    let mut command = Command::new(&script);
    command.env("EVERSTEP_PYTHON_ENV", &folder).arg(address.trim_start_matches("http://"));
    let mut worker = Process::spawn("worker.py", &mut command, &stage.logs.join("python.log"));

    stage.run(&varied()).await;

    assert_eq!(worker.terminate(Duration::from_secs(10)), Some(0), "it ends in order");
}
