//! A Distributed Map over a file, with a kill of the server in its middle: each item is in the result once.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use everstep_proto::v1::{
    DescribeMapRunRequest, Execution, ExecutionStatus, ListMapRunsRequest, MapRun, MapRunStatus,
};
use everstep_tests::{Client, Database, Server, ServerOptions, free_port, patiently};
use everstep_worker::{TaskError, Worker};
use serde_json::{Value, json};

/// A second server's lease included.
const PATIENCE: Duration = Duration::from_mins(3);
/// What a server of any size of run may have in memory.
const PEAK_KB_MAX: u64 = 300_000;

/// A run to try.
struct Trial {
    name: &'static str,
    items: u64,
    /// Of the `ItemProcessor`.
    states: &'static str,
    /// More fields of the Map.
    fields: &'static str,
    patience: Duration,
}

const TASK: &str = r#"{"One": {"Type": "Task", "Resource": "work", "End": true}}"#;
const PASS: &str = r#"{"One": {"Type": "Pass", "End": true}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn each_item_of_a_map_run_is_in_its_result_once_though_the_server_is_killed() {
    let trial = Trial {
        name: "map-run",
        items: 3_000,
        states: TASK,
        fields: r#""MaxConcurrency": 200,"#,
        patience: PATIENCE,
    };
    trial.run().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: cargo test --release -p everstep-tests --test kill -- --ignored --nocapture 100_000"]
async fn a_map_run_of_100_000_items_by_1_000_children_at_a_time_stays_small() {
    let trial = Trial {
        name: "map-run-100000",
        items: 100_000,
        states: TASK,
        fields: r#""MaxConcurrency": 1000,"#,
        patience: Duration::from_mins(30),
    };
    trial.run().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes: cargo test --release -p everstep-tests --test kill -- --ignored --nocapture 1_000_000"]
async fn a_map_run_of_1_000_000_items_in_batches_stays_small() {
    let trial = Trial {
        name: "map-run-1000000",
        items: 1_000_000,
        states: PASS,
        fields: r#""MaxConcurrency": 1000, "ItemBatcher": {"MaxItemsPerBatch": 10},"#,
        patience: Duration::from_mins(30),
    };
    trial.run().await;
}

impl Trial {
    async fn run(&self) {
        // Given a file of items and a worker.
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(self.name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("data")).expect("the target folder can be written");
        std::fs::write(folder.join("data/items.jsonl"), self.lines()).expect("it has room");
        let database = Database::start(self.name);
        let mut server = Server::start(ServerOptions {
            database_url: database.url(),
            port: free_port(),
            log: folder.join("server.log"),
            flags: vec![
                "--lease-ttl=1s".to_owned(),
                "--announce-grace=1s".to_owned(),
                format!("--objects-folder={}", folder.display()),
            ],
        });
        server.ready().await;
        let client = server.client();
        client.create_machine("all", &self.definition()).await;
        let echo = async |item: Value| Ok::<Value, TaskError>(item);
        let worker = Worker::builder(server.address()).slots(1000).queue("work", echo).build();
        let worker = tokio::spawn(worker.run());
        // When the server is killed in the middle of the run.
        let begun = Instant::now();
        let execution = client.start("all", self.name, "{}").await.expect("it starts");
        let execution = execution.execution_arn;
        let run = self.until_items_are_done(&client, &execution, self.items / 3).await;
        let peak_before = peak_kb(server.process.pid());
        server.process.kill();
        server.start_again();
        let killed = Instant::now();
        server.ready().await;
        let away = killed.elapsed();
        let ended = self.end(&client, &execution).await;
        let took = begun.elapsed();
        let peak = peak_before.max(peak_kb(server.process.pid()));
        // Then each item is in the result once, and counted once.
        assert_eq!(ended.status(), ExecutionStatus::Succeeded, "{ended:?}");
        let output: Value =
            serde_json::from_str(ended.output.as_deref().unwrap_or_default()).expect("JSON");
        self.check_results(&folder.join("data"), &output);
        let run = describe(&client, &run).await;
        let items = run.item_counts.expect("they are counted");
        assert_eq!(run.status(), MapRunStatus::Succeeded);
        let counted = (items.total, items.succeeded, items.results_written);
        assert_eq!(counted, (self.items, self.items, self.items), "{items:?}");
        assert!(peak < PEAK_KB_MAX, "the server had {peak} kB in memory");
        worker.abort();
        let _ = std::fs::remove_dir_all(folder.join("data"));
        let rate = run.execution_counts.map_or(0.0, |it| float(it.total)) / took.as_secs_f64();
        eprintln!(
            "{}: {} items in {:.1} s, {rate:.0} children/s, the server at most {} MB, after the kill ready in {:.1} s",
            self.name,
            self.items,
            took.as_secs_f64(),
            peak / 1000,
            away.as_secs_f64(),
        );
    }

    fn lines(&self) -> String {
        let mut lines = String::new();
        for number in 0..self.items {
            writeln!(lines, r#"{{"n":{number},"of":"{}"}}"#, "x".repeat(40)).expect("memory");
        }
        lines
    }

    fn definition(&self) -> String {
        let Self { fields, states, .. } = self;
        format!(
            r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Map", "End": true, "Label": "Each", {fields}
              "ItemReader": {{"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {{"InputType": "JSONL"}},
                "Parameters": {{"Bucket": "data", "Key": "items.jsonl"}}}},
              "ResultWriter": {{"Resource": "arn:aws:states:::s3:putObject",
                "WriterConfig": {{"Transformation": "COMPACT", "OutputType": "JSONL"}},
                "Parameters": {{"Bucket": "data", "Prefix": "out"}}}},
              "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
                "StartAt": "One", "States": {states}}}}}}}}}"#
        )
    }

    /// The run's ARN.
    async fn until_items_are_done(&self, client: &Client, execution: &str, count: u64) -> String {
        let until = Instant::now() + self.patience;
        let run = loop {
            assert!(Instant::now() < until, "no run begins in time");
            if let Some(run) = run_of(client, execution).await {
                break run;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        while describe(client, &run).await.item_counts.unwrap_or_default().succeeded < count {
            assert!(Instant::now() < until, "{count} items are not done in time");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        run
    }

    async fn end(&self, client: &Client, execution: &str) -> Execution {
        let until = Instant::now() + self.patience;
        loop {
            let found = client.describe(execution).await.expect("it is there");
            if found.status() != ExecutionStatus::Running {
                return found;
            }
            assert!(Instant::now() < until, "it does not end in time");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// Every number once, in the files that the manifest names.
    fn check_results(&self, bucket: &Path, output: &Value) {
        let key = output["ResultWriterDetails"]["Key"].as_str().expect("it names the manifest");
        let manifest = std::fs::read(bucket.join(key)).expect("it is there");
        let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
        assert_eq!(manifest["ResultFiles"]["FAILED"], json!([]));
        assert_eq!(manifest["ResultFiles"]["PENDING"], json!([]));
        let mut numbers = BTreeSet::new();
        for file in manifest["ResultFiles"]["SUCCEEDED"].as_array().expect("files") {
            let file = bucket.join(file["Key"].as_str().expect("a key"));
            let results = std::fs::read_to_string(file).expect("it is there");
            for number in results.lines().flat_map(items_of) {
                assert!(numbers.insert(number), "{number} is there twice");
            }
        }
        assert_eq!(numbers.len() as u64, self.items, "some items are missing");
    }
}

/// The numbers of the items in a child's output: of one, or of a batch.
fn items_of(output: &str) -> Vec<u64> {
    let output: Value = serde_json::from_str(output).expect("JSON");
    let items = output["Items"].as_array().cloned().unwrap_or_else(|| vec![output]);
    items.iter().map(|item| item["n"].as_u64().expect("a number")).collect()
}

async fn run_of(client: &Client, execution: &str) -> Option<String> {
    let request =
        ListMapRunsRequest { execution: execution.to_owned(), ..ListMapRunsRequest::default() };
    let listed = patiently(|| {
        let (mut map_runs, request) = (client.map_runs.clone(), request.clone());
        async move { map_runs.list_map_runs(request).await }
    });
    let listed = listed.await.expect("the execution is there");
    listed.map_runs.into_iter().next().map(|run| run.map_run_arn)
}

async fn describe(client: &Client, run: &str) -> MapRun {
    let request =
        DescribeMapRunRequest { map_run: run.to_owned(), ..DescribeMapRunRequest::default() };
    let described = patiently(|| {
        let (mut map_runs, request) = (client.map_runs.clone(), request.clone());
        async move { map_runs.describe_map_run(request).await }
    });
    described.await.expect("the run is there")
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

/// The most that the process has ever had in memory.
fn peak_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("Linux tells it")
}
