//! Stops PostgreSQL when the process that started it is gone, even by `kill -9`: a shell reads from a pipe whose
//! other end that process holds, and acts when it closes. (`PR_SET_PDEATHSIG` would fire when a *thread* ends.)

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::error::ClusterError;

/// `$1`: PostgreSQL's process; `$2`: a folder to remove afterwards, or empty. A line on stdin means: all is well, go away.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
read -r farewell && exit 0
if [ -n "$2" ]; then kill -QUIT "$1"; else kill -INT "$1"; fi 2>/dev/null
if [ -n "$2" ]; then
    while kill -0 "$1" 2>/dev/null; do sleep 0.05; done
    rm -rf "$2"
fi
"#;

#[derive(Debug)]
pub(crate) struct Watchdog(Child);

impl Watchdog {
    pub(crate) fn start(postgres: u32, remove: Option<&Path>) -> Result<Self, ClusterError> {
        let shell = PathBuf::from("/bin/sh");
        Command::new(&shell)
            .args(["-c", SCRIPT, "everstep-watchdog", &postgres.to_string()])
            .arg(remove.unwrap_or(Path::new("")))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Out of the terminal's group: Ctrl-C is for the server, which then stops PostgreSQL in order.
            .process_group(0)
            .spawn()
            .map(Self)
            .map_err(|source| ClusterError::Spawn { program: shell, source })
    }

    /// PostgreSQL has stopped by itself: the watchdog must not signal whoever has its id by then.
    pub(crate) fn dismiss(mut self) {
        if let Some(mut stdin) = self.0.stdin.take() {
            // A watchdog that is gone already needs no farewell.
            let _ = stdin.write_all(b"farewell\n");
        }
        let _ = self.0.wait();
    }
}
