//! The same against a storage that speaks S3's protocol: moto's server, installed beside the tests. Skipped, with a line, where there
//! is no Python; `EVERSTEP_TEST_S3` names another storage.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use objects::{Format, Objects, Outcome, Results, S3, Settings, Source};
use parquet::basic::Compression;

use crate::support::{LINES, all, parquet_of, request};

const MOTO: &str = "moto[server,s3]==5.2.5";
/// Tests side by side install it once.
static INSTALL: Mutex<()> = Mutex::new(());
/// Longer than a busy machine takes to start Python.
const PATIENCE: Duration = Duration::from_mins(1);

/// A storage with the empty bucket `data`; ends with the test.
struct Storage {
    endpoint: String,
    server: Option<Child>,
}

impl Drop for Storage {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Storage {
    /// `None`: there is no Python here.
    fn start() -> Option<Self> {
        let storage = match std::env::var("EVERSTEP_TEST_S3") {
            Ok(endpoint) => Self { endpoint, server: None },
            Err(_) => Self::moto()?,
        };
        Some(storage)
    }

    fn moto() -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto");
        let program = folder.join("bin/moto_server");
        let installing = INSTALL.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = program.exists() || install(&folder);
        drop(installing);
        if !is_there {
            assert!(std::env::var_os("CI").is_none(), "CI has Python with venv, and a registry");
            println!("skipped: no Python that makes a venv, or no registry to fill it from");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let server = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < PATIENCE, "moto's server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self { endpoint: format!("http://127.0.0.1:{port}"), server: Some(server) })
    }

    /// With the bucket `data`.
    async fn objects(&self) -> Objects {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = reqwest::Client::new().put(format!("{}/data", self.endpoint)).send().await;
        assert!(made.unwrap().status().is_success(), "the bucket could not be made");
        Objects::new(Settings {
            local_root: None,
            s3: Some(S3 {
                endpoint: Some(self.endpoint.clone()),
                region: "us-east-1".to_owned(),
                access_key_id: "test".to_owned(),
                secret_access_key: "test".to_owned(),
            }),
        })
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) {
        let url = format!("{}/data/{key}", self.endpoint);
        let put = reqwest::Client::new().put(url).body(bytes).send().await;
        assert!(put.unwrap().status().is_success(), "{key}");
    }
}

fn install(folder: &Path) -> bool {
    let ran = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    ran(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && ran(Command::new(folder.join("bin/pip")).args(["install", "--quiet", MOTO]))
}

#[tokio::test]
async fn what_was_written_to_s3_is_read_from_it() {
    let Some(storage) = Storage::start() else { return };
    let objects = storage.objects().await;
    // When 200,000 results are written: more than one part of an upload.
    let mut results = Results::open(&objects, "data", ("jobs", "run-1"), true).unwrap();
    let padding = "x".repeat(60);
    for number in 0..200_000 {
        let document = format!(r#"{{"number":{number},"padding":"{padding}"}}"#);
        results.write(Outcome::Succeeded, &document).await.unwrap();
    }
    results.finish("arn:run").await.unwrap();
    // Then they are items again, and listed.
    let key = "jobs/run-1/SUCCEEDED_0.jsonl";
    let read = all(&objects, request(key, LINES)).await.unwrap();
    assert_eq!(read.matches("number").count(), 200_000);
    let listed = all(&objects, request("jobs/", Source::Listing)).await.unwrap();
    assert!(listed.contains(key) && listed.contains("manifest.json"), "{listed}");
    let missing = all(&objects, request("none", LINES)).await.unwrap_err();
    assert_eq!(missing.to_string(), "The specified key does not exist: s3://data/none");
}

#[tokio::test]
async fn parquet_is_read_by_its_ranges_and_manifests_by_their_files() {
    let Some(storage) = Storage::start() else { return };
    let objects = storage.objects().await;
    // Given rows of several blocks, and a manifest that names them.
    storage.put("rows.parquet", parquet_of(100_000, Compression::UNCOMPRESSED)).await;
    storage.put("manifest.csv", b"s3://data/rows.parquet\n".to_vec()).await;
    for (key, source) in [
        ("rows.parquet", Source::Object(Format::Parquet)),
        ("manifest.csv", Source::Athena(Format::Parquet)),
        ("rows", Source::Listed(Format::Parquet)),
    ] {
        let read = all(&objects, request(key, source)).await.unwrap();
        let items: Vec<serde_json::Value> = serde_json::from_str(&read).unwrap();
        assert_eq!(items.len(), 100_000, "{key}");
        assert_eq!(items[98_765]["number"], 98_765, "{key}");
    }
}
