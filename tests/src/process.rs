//! A process under test: it dies with the test, or when the test kills it.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// What it prints is appended to `log`.
    pub fn spawn(name: &str, command: &mut Command, log: &Path) -> Self {
        let log = OpenOptions::new().create(true).append(true).open(log);
        let log = log.expect("the folder of the log is there");
        let errors = log.try_clone().expect("a file can be opened twice");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        let child = child.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child, name: name.to_owned() }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a child has a pid"), signal).expect("a child can be signalled");
    }

    /// `kill -9`, and no trace of it afterwards.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a child can be waited for");
    }

    /// SIGTERM; the exit code, if it ends within `patience`.
    pub fn terminate(&mut self, patience: Duration) -> Option<i32> {
        self.signal(Signal::TERM);
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    /// Fails the test if the process has ended by itself.
    pub fn must_run(&mut self) {
        let ended = self.child.try_wait().expect("a child can be waited for");
        assert!(ended.is_none(), "{} has ended: {ended:?}", self.name);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
