//! An `everstep server` process.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::{Client, Process, binary};

#[derive(Debug, Clone)]
pub struct ServerOptions {
    pub database_url: String,
    pub port: u16,
    pub log: PathBuf,
    /// More flags, such as `["--lease-ttl", "1s"]`.
    pub flags: Vec<String>,
}

#[derive(Debug)]
pub struct Server {
    pub process: Process,
    options: ServerOptions,
}

impl Server {
    pub fn start(options: ServerOptions) -> Self {
        let process = spawn(&options);
        Self { process, options }
    }

    /// A new process in the place of one that was killed.
    pub fn start_again(&mut self) {
        self.process = spawn(&self.options);
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.options.port)
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address())
    }

    /// Until it serves.
    pub async fn ready(&mut self) {
        let client = self.client();
        let ready = async {
            while !client.serves().await {
                self.process.must_run();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let log = self.options.log.display();
        tokio::time::timeout(Duration::from_mins(1), ready)
            .await
            .unwrap_or_else(|_| panic!("the server does not become ready; see {log}"));
    }
}

fn spawn(options: &ServerOptions) -> Process {
    let mut command = Command::new(binary("everstep", "everstep"));
    command
        .args(["server", "--migrate", "--database-url", &options.database_url])
        .args(["--listen", &format!("127.0.0.1:{}", options.port)])
        .args(&options.flags);
    Process::spawn("everstep server", &mut command, &options.log)
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
