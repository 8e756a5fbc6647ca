//! `everstep server` on a database that somebody else runs, and the commands against it.

use std::fs;

use cluster::ScratchCluster;
use rustix::process::Signal;

use crate::process::{Server, code, everstep, folder, run, stderr, stdout, until};

fn server(database: &str) -> std::process::Command {
    everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json", "--database-url", database])
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
fn a_second_server_stands_by_and_takes_over() {
    // Given a server, and a second one on a port that is known before it serves
    let database = ScratchCluster::shared().database();
    let mut first = Server::ready({
        let mut command = server(&database);
        command.arg("--migrate");
        command
    });
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}");
    let listen = format!("127.0.0.1:{port}");
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

    // An execution keeps the definition that it began with; the drawing would show another.
    define("Other");
    assert_eq!(code(&server.call(&["update", "order", file])), 0);
    let drawn = server.call(&["graph", "order/a"]);
    assert_eq!(code(&drawn), 4, "{}", stdout(&drawn));

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
