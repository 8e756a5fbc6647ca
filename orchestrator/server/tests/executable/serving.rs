//! `everstep server` on a database that somebody else runs, and the commands against it.

use std::fs;

use cluster::{ScratchCluster, StopMode};
use rustix::process::Signal;
use serde_json::Value;

use crate::process::{EVERSTEP, Server, clean, code, everstep, folder, run, stderr, stdout, until};

fn server(database: &str) -> std::process::Command {
    everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json", "--database-url", database])
}

/// One that was free a moment ago: for `--listen`, and as callers write it.
fn free_address() -> (String, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = listener.local_addr().unwrap().to_string();
    let address = format!("http://{listen}");
    (listen, address)
}

#[test]
fn a_database_without_the_schema_is_refused_until_it_is_migrated() {
    let database = ScratchCluster::shared().database();
    let refused = server(&database).output().unwrap();
    assert_eq!(code(&refused), 2, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("everstep migrate"), "{}", stderr(&refused));

    let migrated = run(&["migrate", "--database-url", &database]);
    assert_eq!(code(&migrated), 0, "{}", stderr(&migrated));
    let again = run(&["migrate", "--database-url", &database]);
    assert!(stdout(&again).contains("nothing to do"), "{}", stdout(&again));

    let mut server = Server::ready(server(&database));
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn a_server_may_have_as_many_files_open_as_the_system_allows() {
    let database = ScratchCluster::shared().database();
    assert_eq!(code(&run(&["migrate", "--database-url", &database])), 0);
    // Given what shells give
    let mut few = clean(std::process::Command::new("sh"), &["-c", r#"ulimit -Sn 256; exec "$@""#]);
    few.args(["sh", EVERSTEP, "server", "--listen", "127.0.0.1:0", "--output", "json"]);
    few.args(["--database-url", &database]);
    let server = Server::ready(few);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let (soft, hard) =
        files.split_whitespace().next().zip(files.split_whitespace().nth(1)).unwrap();
    assert_eq!(soft, hard, "{files}");
}

#[test]
fn a_server_waits_for_a_postgresql_that_is_away_and_refuses_calls_until_then() {
    // Given a migrated database whose PostgreSQL is away
    let mut scratch = ScratchCluster::start().unwrap();
    let database = scratch.database();
    assert_eq!(code(&run(&["migrate", "--database-url", &database])), 0);
    scratch.cluster_mut().stop(StopMode::Immediate).unwrap();
    // When a server starts
    let (listen, address) = free_address();
    let folder = folder();
    let log = folder.path().join("log");
    let mut command = everstep(&["server", "--listen", &listen, "--database-url", &database]);
    command.stderr(fs::File::create(&log).unwrap());
    let mut server = Server::launch(command);
    // Then it says what it waits for, once, and a call is refused at once instead of hanging
    let lines = || fs::read_to_string(&log).unwrap();
    until("it says so", || lines().contains("PostgreSQL does not answer").then_some(()));
    assert_eq!(code(&run(&["health", "--address", &address])), 3, "nobody listens yet");
    scratch.cluster_mut().restart().unwrap();
    let health = || run(&["health", "--address", &address]);
    until("it serves", || (code(&health()) == 0).then_some(()));
    assert_eq!(lines().matches("No such file").count(), 1, "each reason once: {}", lines());
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn an_address_that_is_taken_is_refused_before_anything_is_done() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let nowhere = "postgres://127.0.0.1:1/nowhere";
    let refused = run(&["server", "--listen", &listen, "--database-url", nowhere]);
    assert_eq!(code(&refused), 3, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("stop what listens there"), "{}", stderr(&refused));
}

#[test]
fn log_lines_about_an_execution_carry_its_arn_state_and_attempt() {
    // Given a server that logs all, and a definition with a task that nobody serves
    let folder = folder();
    let (log, file) = (folder.path().join("log"), folder.path().join("machine.json"));
    let task = r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "nobody", "End": true}}}"#;
    fs::write(&file, task).unwrap();
    let database = ScratchCluster::shared().database();
    let mut command = server(&database);
    command.args(["--migrate", "--log", "debug", "--log-format", "json"]);
    let server = Server::ready({
        command.stderr(fs::File::create(&log).unwrap());
        command
    });
    // When an execution of it starts and is stopped
    assert_eq!(code(&server.call(&["create", "asking", file.to_str().unwrap()])), 0);
    assert_eq!(code(&server.call(&["start", "asking", "--name", "a"])), 0);
    assert_eq!(code(&server.call(&["stop", "asking/a", "--error", "Enough"])), 0);
    // Then what happened to it can be read
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let line = |message: &str| {
        let mut found = lines.iter().filter(|line| line["message"] == message);
        let line = found.next().unwrap_or_else(|| panic!("no line says {message:?}:\n{text}"));
        let arn = "arn:aws:states:us-east-1:000000000000:execution:asking:a";
        assert_eq!(line["execution"], arn, "{line}");
        line.clone()
    };
    assert_eq!(line("state entered")["state"], "Ask");
    let scheduled = line("task scheduled");
    assert_eq!((&scheduled["state"], &scheduled["attempt"]), (&"Ask".into(), &1.into()));
    assert_eq!(line("execution ended")["error"], "Enough");
    assert!(!text.contains("already exists"), "a notice is no news:\n{text}");
}

#[test]
fn a_second_server_stands_by_and_takes_over() {
    // Given a server, and a second one on a port that is known before it serves
    let database = ScratchCluster::shared().database();
    let mut first = Server::ready({
        let mut command = server(&database);
        command.arg("--migrate");
        command
    });
    let (listen, address) = free_address();
    let _second =
        Server::launch(everstep(&["server", "--listen", &listen, "--database-url", &database]));
    // Then the second is not ready
    let health = || run(&["health", "--address", &address]);
    until("the second stands by", || (code(&health()) == 1).then_some(()));
    assert_eq!(code(&first.call(&["health"])), 0);
    // When the first is killed, the second takes over
    first.signal(Signal::KILL);
    first.ended();
    until("the second serves", || (code(&health()) == 0).then_some(()));
}

#[test]
fn executions_are_started_watched_and_listed() {
    let database = ScratchCluster::shared().database();
    let server = Server::ready({
        let mut command = server(&database);
        command.arg("--migrate");
        command
    });
    let folder = folder();
    let file = folder.path().join("machine.json");
    let file = file.to_str().unwrap();
    let define = |last: &str| {
        let text = format!(
            r#"{{"StartAt": "Paid?", "States": {{"Paid?": {{"Type": "Choice", "Choices": [{{"Variable": "$.paid", "BooleanEquals": true, "Next": "Done"}}], "Default": "No"}}, "Done": {{"Type": "Succeed"}}, "No": {{"Type": "Fail", "Error": "{last}"}}}}}}"#
        );
        fs::write(file, text).unwrap();
    };
    define("Unpaid");
    let create = |name: &str| server.call(&["create", name, file]);
    assert_eq!(code(&create("order")), 0);

    let paid =
        server.call(&["start", "order", "--name", "a", "--input", r#"{"paid":true}"#, "--wait"]);
    assert_eq!(code(&paid), 0, "{}", stderr(&paid));
    let unpaid = server.call(&[
        "start",
        "order",
        "--name",
        "b",
        "--input",
        "{\"paid\":false}",
        "--wait=20s",
    ]);
    assert_eq!(code(&unpaid), 1, "{}", stdout(&unpaid));
    assert!(stdout(&unpaid).contains("Unpaid"));

    let watched = server.call(&["watch", "order/b"]);
    assert_eq!(code(&watched), 1);
    assert!(stdout(&watched).ends_with("FAILED\n"), "{}", stdout(&watched));

    let listed = server.call(&["list", "--status", "failed", "--output", "json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["name"], "b");

    let history = stdout(&server.call(&["history", "order/a"]));
    assert!(history.contains("ChoiceStateExited"), "{history}");
    let drawn = stdout(&server.call(&["graph", "order/a"]));
    assert!(drawn.contains("class s0,s1 succeeded"), "{drawn}");

    // An execution keeps the definition that it began with, and so does its drawing.
    define("Other");
    assert_eq!(code(&server.call(&["update", "order", file])), 0);
    assert_eq!(stdout(&server.call(&["graph", "order/a"])), drawn);

    for (args, reason) in [
        (["describe", "order/nope"], "ExecutionDoesNotExist"),
        (["describe", "nope"], "StateMachineDoesNotExist"),
        (["start", "nope"], "StateMachineDoesNotExist"),
    ] {
        let refused = server.call(&args);
        assert_eq!(code(&refused), 4, "{args:?}");
        assert!(stderr(&refused).contains(reason), "{args:?}: {}", stderr(&refused));
    }
}

#[test]
fn a_failed_execution_is_redriven_and_shows_it() {
    // Given an execution that has failed, and one that has succeeded
    let database = ScratchCluster::shared().database();
    let server = Server::ready({
        let mut command = server(&database);
        command.arg("--migrate");
        command
    });
    let folder = folder();
    for (name, state) in
        [("no", r#""Type": "Fail", "Error": "No""#), ("yes", r#""Type": "Succeed""#)]
    {
        let file = folder.path().join(name);
        let text = format!(r#"{{"StartAt": "S", "States": {{"S": {{{state}}}}}}}"#);
        fs::write(&file, text).unwrap();
        assert_eq!(code(&server.call(&["create", name, file.to_str().unwrap()])), 0);
        server.call(&["start", name, "--name", "a", "--wait"]);
    }
    // When they are redriven
    let redriven = server.call(&["redrive", "no/a", "--client-token", "t", "--output", "json"]);
    let refused = server.call(&["redrive", "yes/a"]);
    // Then the one has failed again, and the other is refused
    assert_eq!(code(&redriven), 0, "{}", stderr(&redriven));
    let again = server.call(&["redrive", "no/a", "--client-token", "t", "--output", "json"]);
    assert_eq!(stdout(&again), stdout(&redriven), "the same token is the same redrive");
    assert_eq!(code(&refused), 4);
    let words = "Execution is SUCCEEDED and cannot be redriven";
    assert!(stderr(&refused).contains(words), "{}", stderr(&refused));
    let watched = server.call(&["watch", "no/a"]);
    assert_eq!(code(&watched), 1);
    let watched = stdout(&watched);
    assert_eq!(watched.matches("ExecutionFailed").count(), 2, "{watched}");
    assert!(watched.contains("redrive 1"), "{watched}");
    let shown = stdout(&server.call(&["describe", "no/a"]));
    assert!(shown.contains("redriven  1×, last "), "{shown}");
    let shown = server.call(&["describe", "no/a", "--output", "json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(
        (&shown["redriveCount"], &shown["redriveStatus"]),
        (&1.into(), &"REDRIVABLE".into())
    );
}
