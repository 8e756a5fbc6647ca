//! Processes of the demo: started anew when they die, stopped in order, and gone when the demo is.
//!
//! Each has a pipe from the demo as its standard input, and stops once that closes, even by `kill -9`.

use std::fs::File;
use std::future::Future;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::CommandError;
use crate::output;

/// Before a process that died is started again.
const RESTART_PAUSE: Duration = Duration::from_millis(200);
/// For a process to leave in order.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Ends when the process that holds the other end of standard input is gone.
pub(crate) fn parent_gone() -> impl Future<Output = ()> {
    let (gone, ended) = oneshot::channel();
    // A thread of its own: the runtime would wait for a blocking read at its end.
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while std::io::stdin().read(&mut buffer).is_ok_and(|bytes| bytes > 0) {}
        let _ = gone.send(());
    });
    async move {
        let _ = ended.await;
    }
}

/// How to start one.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) args: Vec<String>,
    pub(super) log: PathBuf,
}

impl Plan {
    /// This executable, with its standard error in the log.
    pub(super) fn spawn(&self, stdout: Stdio) -> Result<Child, CommandError> {
        let failed = |error: std::io::Error| {
            CommandError::internal(format!("cannot start the {}: {error}", self.name))
        };
        let log = File::options().create(true).append(true).open(&self.log).map_err(failed)?;
        Command::new(own_executable()?)
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(log)
            // Out of the terminal's group: Ctrl-C is the demo's, which then stops them in order.
            .process_group(0)
            .spawn()
            .map_err(failed)
    }

    /// The last line of the log, for an error's text.
    pub(super) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no log").to_owned()
    }
}

/// The file that runs, even if another has been put in its place since.
fn own_executable() -> Result<PathBuf, CommandError> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_owned());
    }
    std::env::current_exe()
        .map_err(|error| CommandError::internal(format!("cannot find this executable: {error}")))
}

/// A process that is kept running.
#[derive(Debug)]
pub(super) struct Kept(JoinHandle<()>);

impl Kept {
    pub(super) fn new(plan: Plan, child: Child, stop: CancellationToken) -> Self {
        Self(tokio::spawn(keep(plan, child, stop)))
    }

    pub(super) async fn ended(self) {
        // A keeper that panicked has nothing left to wait for.
        let _ = self.0.await;
    }
}

async fn keep(plan: Plan, mut child: Child, stop: CancellationToken) {
    loop {
        // Waiting for a child closes its standard input, unless that is held apart.
        let lifeline = child.stdin.take();
        tokio::select! {
            status = child.wait() => {
                let how = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                output::note(format!("the {} ended ({how}); starting it again", plan.name));
            }
            () = stop.cancelled() => {
                drop(lifeline);
                return end(child).await;
            }
        }
        child = loop {
            tokio::time::sleep(RESTART_PAUSE).await;
            match plan.spawn(Stdio::null()) {
                Ok(child) => break child,
                Err(error) => output::note(error.to_string()),
            }
        };
    }
}

async fn end(mut child: Child) {
    if tokio::time::timeout(STOP_WITHIN, child.wait()).await.is_err() {
        // It had its time.
        let _ = child.kill().await;
    }
}
