//! `everstep dev`: its PostgreSQL, what survives a kill, who may start it.

use std::fs;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;

use crate::process::{
    EVERSTEP, Server, clean, code, folder, postmaster, signal_to, stderr, stdout, until,
};

const WAITING: &str = r#"{"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "nobody", "End": true}}}"#;

/// Registers a machine and starts an execution that waits for a worker.
fn start_waiting(server: &Server, folder: &std::path::Path) {
    let file = folder.join("waiting.json");
    fs::write(&file, WAITING).unwrap();
    let created = server.call(&["create", "waiting", file.to_str().unwrap()]);
    assert_eq!(code(&created), 0, "{}", stderr(&created));
    let started = server.call(&["start", "waiting", "--name", "one"]);
    assert_eq!(code(&started), 0, "{}", stderr(&started));
}

fn describe(server: &Server) -> Option<Value> {
    let described = server.call(&["describe", "waiting/one", "--output", "json"]);
    (code(&described) == 0).then(|| serde_json::from_slice(&described.stdout).unwrap())
}

#[test]
fn a_killed_server_is_followed_by_one_on_the_same_folder_that_knows_everything() {
    // Given an execution that waits, and a server that is killed
    let folder = folder();
    let data = folder.path().join("data");
    let mut first = Server::dev(&data);
    start_waiting(&first, folder.path());
    first.signal(Signal::KILL);
    assert_eq!(first.ended(), None);
    // When another is started at once, with the first one's PostgreSQL perhaps still there
    let second = Server::dev(&data);
    // Then the execution waits as before, and describe says for what, and what to do
    let described = describe(&second).unwrap();
    assert_eq!(described["status"], "RUNNING");
    assert_eq!(described["openBranches"][0]["waitsFor"]["task"]["queue"], "nobody");
    let text = stdout(&second.call(&["describe", "waiting/one"]));
    assert!(text.contains("start a worker that polls the queue nobody"), "{text}");
}

#[test]
fn an_interrupted_server_leaves_in_order_and_takes_its_postgresql_along() {
    let folder = folder();
    let data = folder.path().join("data");
    let mut server = Server::dev(&data);
    assert!(postmaster(&data).is_some());
    server.signal(Signal::INT);
    assert_eq!(server.ended(), Some(0));
    assert_eq!(postmaster(&data), None);
}

#[test]
fn a_postgresql_that_is_killed_is_started_again() {
    let folder = folder();
    let data = folder.path().join("data");
    let server = Server::dev(&data);
    start_waiting(&server, folder.path());
    let killed = postmaster(&data).unwrap();
    signal_to(killed, Signal::KILL);
    until("another PostgreSQL", || postmaster(&data).filter(|&pid| pid != killed));
    let described = until("an answer", || describe(&server));
    assert_eq!(described["status"], "RUNNING");
}

#[test]
fn a_folder_in_use_is_refused() {
    let folder = folder();
    let data = folder.path().join("data");
    let _first = Server::dev(&data);
    let second = crate::process::dev(&data).output().unwrap();
    assert_eq!(code(&second), 3);
    assert!(stderr(&second).contains("is in use"), "{}", stderr(&second));
}

#[test]
fn root_may_start_it() {
    if !rustix::process::geteuid().is_root() {
        // Only root can try what root may do.
        return;
    }
    let folder = folder();
    let data = folder.path().join("data");
    let _server = Server::dev(&data);
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(data.join("pgdata")).unwrap());
    assert_ne!(owner, 0, "PostgreSQL refuses root: its files are another user's");
}

/// Root tries it as another user; anybody else is one.
#[test]
fn an_ordinary_user_may_start_it() {
    let folder = folder();
    let args = |data: &str| {
        ["dev", "--listen", "127.0.0.1:0", "--output", "json", "--data-dir", data]
            .map(str::to_owned)
    };
    if !rustix::process::geteuid().is_root() {
        Server::dev(&folder.path().join("data"));
        return;
    }
    // Given a copy of the executable where the user may read it, and a folder of its own
    let copy = folder.path().join("everstep");
    fs::copy(EVERSTEP, &copy).unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    let chowned = Command::new("chown").arg("postgres").arg(&home).status().unwrap();
    assert!(chowned.success());
    // When that user starts it
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(&copy);
    let args = args(home.join("data").to_str().unwrap());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut server = Server::ready(clean(command, &args));
    // Then it serves, and leaves in order
    assert_eq!(code(&server.call(&["health"])), 0);
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), Some(0));
}
