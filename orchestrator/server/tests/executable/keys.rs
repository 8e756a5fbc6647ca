//! `everstep keys` on a database, and what changes for its server and for those who call it.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cluster::ScratchCluster;
use rustix::process::Signal;
use serde_json::Value;

use crate::process::{Server, clean, code, everstep, folder, run, stderr, stdout, until};

const NOWHERE: &str =
    "there is no namespace `nowhere`; `everstep namespace create nowhere` makes it";

fn keys(database: &str, args: &[&str]) -> std::process::Output {
    let mut command = everstep(&["keys"]);
    command.args(args).args(["--database-url", database, "--output", "json"]);
    command.output().expect("the executable runs")
}

fn json(output: &std::process::Output) -> Value {
    assert_eq!(code(output), 0, "{}", stderr(output));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

#[test]
fn with_the_first_key_callers_need_one_and_the_server_may_be_reached_from_elsewhere() {
    // Given a database without keys
    let database = ScratchCluster::shared().database();
    assert_eq!(code(&run(&["migrate", "--database-url", &database])), 0);
    let everywhere =
        ["server", "--listen", "0.0.0.0:0", "--database-url", &database, "--output", "json"];
    let refused = run(&everywhere);
    assert_eq!(code(&refused), 2);
    assert!(
        stderr(&refused).contains("`everstep keys create` on this database"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(json(&keys(&database, &["list"])), Value::Array(Vec::new()));
    // When it is given one
    let nowhere = keys(&database, &["create", "--namespace", "nowhere"]);
    assert_eq!(code(&nowhere), 4);
    assert!(stderr(&nowhere).contains(NOWHERE), "{}", stderr(&nowhere));
    let created = json(&keys(&database, &["create", "--description", "ci", "--admin"]));
    let text = |field: &str| created[field].as_str().expect("it is text").to_owned();
    let (id, secret) = (text("accessKeyId"), text("secretAccessKey"));
    assert!(id.starts_with("EVAK") && id.len() == 20 && secret.len() == 40, "{created}");
    // Then its secret is shown no second time, and a server may listen anywhere
    let listed = keys(&database, &["list"]);
    assert!(!stdout(&listed).contains(&secret));
    assert_eq!(json(&listed)[0]["description"], "ci");
    let folder = folder();
    let log = folder.path().join("log");
    let server = Server::ready({
        let mut command = everstep(&everywhere);
        command.args(["--log", "debug"]).stderr(fs::File::create(&log).unwrap());
        command
    });
    let port = server.address().rsplit_once(':').expect("it has a port").1.to_owned();
    let address = format!("http://127.0.0.1:{port}");
    let call = |id: &str, secret: &str| {
        let args = ["namespace", "list", "--address", &address];
        let mut command = clean(std::process::Command::new(crate::process::EVERSTEP), &args);
        if !id.is_empty() {
            command.env("EVERSTEP_ACCESS_KEY_ID", id).env("EVERSTEP_SECRET_ACCESS_KEY", secret);
        }
        command.output().expect("the executable runs")
    };
    let without = call("", "");
    assert_eq!(code(&without), 4);
    assert!(
        stderr(&without).contains("`everstep keys create` makes a key"),
        "{}",
        stderr(&without)
    );
    assert_eq!(code(&call(&id, "another")), 4);
    assert_eq!(code(&call(&id, &secret)), 0, "{}", stderr(&call(&id, &secret)));
    assert_eq!(code(&run(&["health", "--address", &address])), 0, "probes have no keys");
    // And a revoked one is refused soon
    assert_eq!(code(&keys(&database, &["revoke", "EVAKAAAAAAAAAAAAAAAA"])), 4);
    assert!(json(&keys(&database, &["revoke", &id]))["revokedAt"].is_string());
    until("it is refused", || (code(&call(&id, &secret)) == 4).then_some(()));
    let log = fs::read_to_string(&log).unwrap();
    let sent = STANDARD.encode(format!("{id}:{secret}"));
    assert!(log.contains("refused") && !log.contains(&secret) && !log.contains(&sent), "{log}");
}

/// A server whose database has a key, and the key.
fn with_key() -> (Server, String, String) {
    let database = ScratchCluster::shared().database();
    assert_eq!(code(&run(&["migrate", "--database-url", &database])), 0);
    let created = json(&keys(&database, &["create"]));
    let text = |field: &str| created[field].as_str().expect("it is text").to_owned();
    let mut command = everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json"]);
    command.args(["--database-url", &database]);
    (Server::ready(command), text("accessKeyId"), text("secretAccessKey"))
}

/// Definitions are read and tasks are taken with it: nobody else would fail this one by its name.
#[test]
fn the_adapter_serves_a_server_with_keys() {
    let (server, id, secret) = with_key();
    let (address, folder) = (server.address(), folder());
    let call = |args: &[&str]| {
        let mut command = everstep(args);
        command.args(["--address", &address, "--output", "json"]);
        command.env("EVERSTEP_ACCESS_KEY_ID", &id).env("EVERSTEP_SECRET_ACCESS_KEY", &secret);
        command.env("AWS_ACCESS_KEY_ID", "any").env("AWS_SECRET_ACCESS_KEY", "any");
        command
    };
    let file = folder.path().join("m.json");
    let task = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, "Parameters": {},
        "Resource": "arn:aws:states:::glue:startJobRun"}}}"#;
    fs::write(&file, task).unwrap();
    let created = call(&["create", "m", file.to_str().unwrap()]).output().unwrap();
    assert_eq!(code(&created), 0, "{}", stderr(&created));

    let log = folder.path().join("log");
    let mut adapter = call(&["adapter", "aws", "--endpoint-url", "http://127.0.0.1:1"]);
    adapter.stderr(fs::File::create(&log).unwrap());
    let _adapter = Server::launch(adapter);
    let started = call(&["start", "m", "--wait", "--timeout", "60s"]).output().unwrap();

    assert_eq!(json_of(&started)["error"], "Adapter.UnsupportedResource", "{}", stderr(&started));
    let log = fs::read_to_string(&log).unwrap();
    assert!(!log.contains(&secret), "{log}");

    // Without one it is refused, and says so
    let mut without = everstep(&["adapter", "aws", "--address", &address]);
    without.env("AWS_ACCESS_KEY_ID", "any").env("AWS_SECRET_ACCESS_KEY", "any");
    let without = without.output().unwrap();
    assert_eq!(code(&without), 4);
    assert!(stderr(&without).contains("the server refused the worker: "), "{}", stderr(&without));
}

fn json_of(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

#[test]
fn a_dev_server_with_keys_may_be_reached_from_elsewhere() {
    let folder = folder();
    let data = folder.path().join("data");
    let first = "`everstep keys create` on the database that it shows";
    let refused = dev_on(&data, "0.0.0.0:0").output().unwrap();
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains(first), "{}", stderr(&refused));
    assert!(!data.exists(), "nothing was made");

    let mut server = Server::dev(&data);
    let database = server.ready["databaseUrl"].as_str().unwrap().to_owned();
    let key = json(&keys(&database, &["create"]));
    assert!(key["accessKeyId"].is_string());
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), Some(0));

    let server = Server::ready(dev_on(&data, "0.0.0.0:0"));
    assert!(server.address().starts_with("http://0.0.0.0:"), "{}", server.address());
}

fn dev_on(data: &Path, listen: &str) -> Command {
    let data = data.to_str().expect("a plain path");
    everstep(&["dev", "--listen", listen, "--output", "json", "--data-dir", data])
}

#[test]
fn a_key_is_shown_to_people_with_what_to_do_with_it() {
    let database = ScratchCluster::shared().database();
    assert_eq!(code(&run(&["migrate", "--database-url", &database])), 0);
    let create = || run(&["keys", "create", "--database-url", &database]);
    let first = create();
    assert!(stdout(&first).contains("secret access key  "), "{}", stdout(&first));
    assert!(stderr(&first).contains("from now on every call"), "{}", stderr(&first));
    assert!(!stderr(&create()).contains("from now on"), "once is enough");
    let table = stdout(&run(&["keys", "list", "--database-url", &database]));
    assert_eq!(table.lines().filter(|line| line.contains("EVAK")).count(), 2, "{table}");
}
