//! moto, a stand-in for AWS's services, as a process of the test's own.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use everstep_tests::{Process, free_port};

static PREPARING: Mutex<()> = Mutex::new(());

#[derive(Debug)]
pub(crate) struct Moto {
    pub(crate) url: String,
    _process: Process,
}

impl Moto {
    /// None where this machine can't have it; under `CI=true` that is a failure.
    pub(crate) async fn start(logs: &Path) -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/adapter/moto.sh");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto");
        let prepared = {
            let _alone = PREPARING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let mut prepare = Command::new(&script);
            prepare.env("EVERSTEP_MOTO_ENV", &folder).env("EVERSTEP_MOTO_PREPARE", "1");
            prepare.status().is_ok_and(|status| status.success())
        };
        if !prepared {
            assert!(std::env::var_os("CI").is_none(), "CI has Python, and reaches its packages");
            eprintln!("skipped: {} could not prepare a Python environment", script.display());
            return None;
        }
        let port = free_port();
        let mut command = Command::new(&script);
        command.env("EVERSTEP_MOTO_ENV", &folder).arg(port.to_string());
        let mut process = Process::spawn("moto", &mut command, &logs.join("moto.log"));
        let listening = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                process.must_run();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let listening = tokio::time::timeout(Duration::from_mins(2), listening).await;
        listening.unwrap_or_else(|_| panic!("moto does not start; see {}", logs.display()));
        Some(Self { url: format!("http://127.0.0.1:{port}"), _process: process })
    }
}
