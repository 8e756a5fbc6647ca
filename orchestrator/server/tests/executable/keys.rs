//! `everstep keys` on a database, and what changes for its server and for those who call it.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cluster::ScratchCluster;
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
