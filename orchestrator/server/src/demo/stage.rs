//! Where the demo plays: a folder, a development server in it, and the workers of every queue.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use order_pipeline::worker::Queue;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio_util::sync::CancellationToken;

use super::process::{Kept, Plan};
use crate::error::CommandError;

/// PostgreSQL may have to be downloaded first.
const READY_WITHIN: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) folder: PathBuf,
    /// Whether the folder was there before: then it may hold executions of the same names.
    pub(crate) used_before: bool,
    pub(crate) address: String,
    stop: CancellationToken,
    workers: Vec<Kept>,
    server: Kept,
}

impl Stage {
    pub(crate) async fn set(folder: Option<PathBuf>) -> Result<Self, CommandError> {
        let (folder, used_before) = open(folder)?;
        let stop = CancellationToken::new();
        let (server, address, database_url) = start_server(&folder, stop.clone()).await?;
        let mut workers = Vec::new();
        for queue in Queue::ALL {
            let plan = worker(&folder, queue, &address, &database_url);
            let child = plan.spawn(Stdio::null())?;
            workers.push(Kept::new(plan, child, stop.clone()));
        }
        Ok(Self { folder, used_before, address, stop, workers, server })
    }

    /// The folder for `everstep dev --data-dir`.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Workers and server are told at once; the server waits for calls under way.
    pub(crate) async fn clear(self) {
        self.stop.cancel();
        for worker in self.workers {
            worker.ended().await;
        }
        self.server.ended().await;
    }
}

fn open(folder: Option<PathBuf>) -> Result<(PathBuf, bool), CommandError> {
    let temporary = || std::env::temp_dir().join(format!("everstep-demo-{}", std::process::id()));
    let folder = folder.unwrap_or_else(temporary);
    let used_before = folder.join("data").exists();
    let open = || -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        if !used_before {
            // Where root starts the demo, PostgreSQL runs as another user; its own folder within is closed to others.
            std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;
        }
        Ok(folder)
    };
    let opened = open().map_err(|error| {
        CommandError::usage(format!("cannot use the folder {}: {error}", folder.display()))
    })?;
    Ok((opened, used_before))
}

async fn start_server(
    folder: &Path,
    stop: CancellationToken,
) -> Result<(Kept, String, String), CommandError> {
    let plan = server(folder, "127.0.0.1:0");
    let mut child = plan.spawn(Stdio::piped())?;
    let stdout = child.stdout.take().expect("it was piped");
    let mut lines = BufReader::new(stdout).lines();
    let ready = tokio::time::timeout(READY_WITHIN, lines.next_line()).await;
    let Ok(Ok(Some(line))) = ready else {
        let _ = child.kill().await;
        return Err(CommandError::unavailable(format!(
            "the server did not start: {}; its log is {}",
            plan.last_words(),
            plan.log.display()
        )));
    };
    let places: Value = serde_json::from_str(&line).unwrap_or_default();
    let place = |name: &str| places[name].as_str().map(str::to_owned);
    let (Some(address), Some(database_url)) = (place("address"), place("databaseUrl")) else {
        return Err(CommandError::internal(format!("the server did not say where it is: {line}")));
    };
    // One that is started anew must be found where the first was.
    let again = server(folder, address.trim_start_matches("http://"));
    Ok((Kept::new(again, child, stop), address, database_url))
}

fn server(folder: &Path, listen: &str) -> Plan {
    let data_dir = folder.join("data").display().to_string();
    let args =
        ["dev", "--with-parent", "--output", "json", "--listen", listen, "--data-dir", &data_dir];
    Plan {
        name: "server".to_owned(),
        args: args.map(str::to_owned).into(),
        log: folder.join("server.log"),
    }
}

fn worker(folder: &Path, queue: Queue, address: &str, ledger: &str) -> Plan {
    let name = queue.name();
    let args = ["demo-worker", name, "--address", address, "--ledger", ledger];
    Plan {
        name: format!("{name} worker"),
        args: args.map(str::to_owned).into(),
        log: folder.join(format!("worker-{name}.log")),
    }
}
