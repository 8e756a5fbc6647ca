//! A server, the adapter beside it, and machines that run to their ends.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use everstep_proto::v1::{Execution, ExecutionStatus};
use everstep_tests::{Client, Database, Process, Server, ServerOptions, binary, free_port};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Stage {
    server: Server,
    logs: PathBuf,
    machines: AtomicU32,
    _adapter: Process,
    _database: Database,
}

pub(crate) fn logs(name: &str) -> PathBuf {
    let logs = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&logs).expect("the target folder can be written");
    logs
}

impl Stage {
    /// `flags`: the adapter's.
    pub(crate) async fn set(name: &str, flags: &[&str]) -> Self {
        let logs = logs(name);
        let database = Database::start(name);
        let mut server = Server::start(ServerOptions {
            database_url: database.url(),
            port: free_port(),
            log: logs.join("server.log"),
            flags: Vec::new(),
        });
        server.ready().await;
        let mut command = Command::new(binary("everstep", "everstep"));
        command.args(["adapter", "aws", "--address", &server.address()]).args(flags);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        let adapter = Process::spawn("everstep adapter", &mut command, &logs.join("adapter.log"));
        Self { server, logs, machines: AtomicU32::new(0), _adapter: adapter, _database: database }
    }

    pub(crate) fn client(&self) -> Client {
        self.server.client()
    }

    /// A command against the server, with an access key.
    pub(crate) fn command(&self, args: &[&str]) -> Output {
        let mut command = Command::new(binary("everstep", "everstep"));
        command.args(args).args(["--address", &self.server.address(), "--output", "json"]);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.output().expect("the executable runs")
    }

    pub(crate) async fn start(&self, definition: &Value, input: &Value) -> String {
        let machine = format!("machine-{}", self.machines.fetch_add(1, Ordering::Relaxed));
        let client = self.client();
        client.create_machine(&machine, &definition.to_string()).await;
        let started = client.start(&machine, "", &input.to_string()).await;
        started.expect("the start is accepted").execution_arn
    }

    pub(crate) async fn end(&self, execution: &str) -> Execution {
        let client = self.client();
        let describe = async || client.describe(execution).await.expect("it is there");
        let ended = async {
            let mut found = describe().await;
            while found.status() == ExecutionStatus::Running {
                tokio::time::sleep(Duration::from_millis(20)).await;
                found = describe().await;
            }
            found
        };
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        ended.unwrap_or_else(|_| panic!("it does not end; see {}", self.logs.display()))
    }

    /// The output of a machine that succeeds.
    pub(crate) async fn output(&self, definition: &Value, input: &Value) -> Value {
        let execution = self.start(definition, input).await;
        let ended = self.end(&execution).await;
        assert_eq!(ended.status(), ExecutionStatus::Succeeded, "{ended:?}");
        serde_json::from_str(ended.output()).expect("an output is JSON")
    }

    /// Error and cause of one that fails.
    pub(crate) async fn failure(&self, definition: &Value) -> (String, String) {
        let execution = self.start(definition, &json!({})).await;
        let ended = self.end(&execution).await;
        assert_eq!(ended.status(), ExecutionStatus::Failed, "{ended:?}");
        (ended.error().to_owned(), ended.cause().to_owned())
    }

    /// The result of a single task.
    pub(crate) async fn result(&self, call: &str, parameters: Value) -> Value {
        self.output(&task(call, parameters), &json!({})).await
    }
}

/// A machine of one task: `call` as in `arn:aws:states:::CALL`.
pub(crate) fn task(call: &str, parameters: Value) -> Value {
    let resource = format!("arn:aws:states:::{call}");
    let mut machine = json!({"StartAt": "Call", "States": {"Call": {
        "Type": "Task", "Resource": resource, "End": true
    }}});
    machine["States"]["Call"]["Parameters"] = parameters;
    machine
}
