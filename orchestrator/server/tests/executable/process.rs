//! Processes of the executable and folders for them, both gone with the test.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const EVERSTEP: &str = env!("CARGO_BIN_EXE_everstep");
/// Far beyond what anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder that other users may enter: root's PostgreSQL runs as one of them.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("its own folder");
    folder
}

/// The executable without settings from the environment of the test.
pub(crate) fn everstep(args: &[&str]) -> Command {
    clean(Command::new(EVERSTEP), args)
}

pub(crate) fn clean(mut command: Command, args: &[&str]) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("EVERSTEP_") {
            command.env_remove(name);
        }
    }
    // The servers of the tests are on this machine, whatever leads to others.
    command.env("NO_PROXY", "127.0.0.1").args(args);
    command
}

/// Runs a command to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    everstep(args).output().expect("the executable runs")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server in a process of its own. Killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Kept open, so that a later line does not end the server.
    stdout: Option<BufReader<ChildStdout>>,
    /// What it printed when it was ready.
    pub(crate) ready: Value,
}

impl Server {
    /// Starts the command, and waits until it says that it is ready.
    pub(crate) fn ready(command: Command) -> Self {
        let mut server = Self::launch(command);
        let mut line = String::new();
        let stdout = server.child.stdout.take().expect("it was piped");
        let mut stdout = BufReader::new(stdout);
        stdout.read_line(&mut line).expect("its output can be read");
        server.ready = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("it ended before it was ready ({error}): {line}"));
        server.stdout = Some(stdout);
        server
    }

    pub(crate) fn launch(mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().expect("the executable runs");
        Self { child, stdout: None, ready: Value::Null }
    }

    pub(crate) fn dev(data_dir: &Path) -> Self {
        Self::ready(dev(data_dir))
    }

    pub(crate) fn address(&self) -> String {
        self.ready["address"].as_str().expect("it says where it is").to_owned()
    }

    /// Runs a command against this server.
    pub(crate) fn call(&self, args: &[&str]) -> Output {
        let address = self.address();
        everstep(args).args(["--address", &address]).output().expect("the executable runs")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        signal_to(self.child.id(), signal);
    }

    /// Waits for its end: the exit code, `None` if it was killed.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.wait().expect("it is our child").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn dev(data_dir: &Path) -> Command {
    let data_dir = data_dir.to_str().expect("a plain path");
    everstep(&["dev", "--listen", "127.0.0.1:0", "--output", "json", "--data-dir", data_dir])
}

pub(crate) fn signal_to(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process has a positive id");
    kill_process(pid, signal).expect("the process is there");
}

/// The PostgreSQL server of a data folder.
pub(crate) fn postmaster(data_dir: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(data_dir.join("pgdata/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

/// Asks again until the answer is there.
pub(crate) fn until<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = answer() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
