//! `everstep deploy`: what a template has is created once, and changed only where it has changed.

use std::fs;

use cluster::ScratchCluster;
use serde_json::{Value, json};

use crate::process::{Server, code, everstep, folder, stderr, stdout};

const TEMPLATE: &str = include_str!("../cdk/orders.template.json");

fn actions(server: &Server, args: &[&str]) -> Value {
    let deployed = server.call(&[&["deploy", "--output", "json"], args].concat());
    assert_eq!(code(&deployed), 0, "{}", stderr(&deployed));
    let document: Value = serde_json::from_str(&stdout(&deployed)).unwrap();
    let machines = document["stateMachines"].as_array().unwrap().clone();
    machines.iter().map(|it| it["action"].clone()).collect()
}

#[test]
fn a_template_of_cdk_is_deployed_once_and_updated_when_it_changes() {
    // Given a server, and a template
    let database = ScratchCluster::shared().database();
    let mut command = everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json"]);
    command.args(["--migrate", "--database-url", &database]);
    let server = Server::ready(command);
    let folder = folder();
    let path = folder.path().join("template.json");
    fs::write(&path, TEMPLATE).unwrap();
    let file = path.to_str().unwrap();

    // What a resource comes to that is not deployed must be said
    let refused = server.call(&["deploy", file]);
    assert_eq!(code(&refused), 2);
    assert!(
        stderr(&refused).contains("--resource Shipments6E8A22F1=VALUE"),
        "{}",
        stderr(&refused)
    );

    let args = [file, "--resource", "Shipments6E8A22F1=https://sqs/1"];
    let dry = [&args[..], &["--dry-run"]].concat();
    assert_eq!(actions(&server, &dry), json!(["CREATE", "CREATE"]));
    assert_eq!(actions(&server, &args), json!(["CREATE", "CREATE"]), "the dry run did nothing");
    assert_eq!(actions(&server, &args), json!(["NONE", "NONE"]));

    // When one of them changes
    let args = [file, "--resource", "Shipments6E8A22F1=https://sqs/2"];
    assert_eq!(actions(&server, &args), json!(["UPDATE", "NONE"]));
    let described = server.call(&["describe", "Notify29C25B1B", "--output", "json"]);
    assert!(stdout(&described).contains("https://sqs/2"), "{}", stdout(&described));

    // A faulty definition is refused, and the machine that has it named
    fs::write(&path, TEMPLATE.replace("\\\"Charge card\\\":{", "\\\"Charge\\\":{")).unwrap();
    let refused = server.call(&[&["deploy"], &args[..]].concat());
    assert_eq!(code(&refused), 4, "{}", stdout(&refused));
    assert!(stderr(&refused).contains("the state machine orders: "), "{}", stderr(&refused));
}
