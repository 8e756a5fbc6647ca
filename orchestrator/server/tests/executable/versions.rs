//! Versions, aliases, activities and tags on the command line.

use std::fs;

use cluster::ScratchCluster;
use serde_json::{Value, json};

use crate::process::{Server, code, everstep, folder, stderr, stdout};

const ORDER: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:order";

struct Cli(Server);

impl Cli {
    /// The answer of a command that must succeed.
    fn json(&self, arguments: &[&str]) -> Value {
        let done = self.0.call(&[arguments, &["--output", "json"]].concat());
        assert_eq!(code(&done), 0, "{arguments:?}: {}", stderr(&done));
        serde_json::from_str(&stdout(&done)).expect("one document")
    }

    fn refused(&self, arguments: &[&str], reason: &str) {
        let refused = self.0.call(arguments);
        assert_eq!(code(&refused), 4, "{arguments:?}: {}", stdout(&refused));
        assert!(stderr(&refused).contains(reason), "{}", stderr(&refused));
    }
}

fn cli() -> Cli {
    let database = ScratchCluster::shared().database();
    Cli(Server::ready(everstep(&[
        "server",
        "--migrate",
        "--listen",
        "127.0.0.1:0",
        "--output",
        "json",
        "--database-url",
        &database,
    ])))
}

#[test]
fn a_version_is_published_and_started_by_an_alias() {
    let (cli, folder) = (cli(), folder());
    let file = folder.path().join("order.json");
    let define = |state: &str| {
        let text = format!(r#"{{"StartAt": "A", "States": {{"A": {{"Type": "{state}"}}}}}}"#);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap()
    };
    let created = cli.json(&["create", "order", define("Succeed"), "--publish", "--tag", "a=b"]);
    assert_eq!(created["stateMachineVersionArn"], format!("{ORDER}:1"));
    assert_eq!(cli.json(&["tags", "list", ORDER]), json!({ "a": "b" }));
    let updated = cli.json(&["update", "order", define("Fail")]);
    assert_eq!(updated["stateMachineVersionArn"], "");
    let published = cli.json(&["versions", "publish", "order", "--description", "fails"]);
    assert_eq!(published["stateMachineVersionArn"], format!("{ORDER}:2"));
    assert_eq!(cli.json(&["describe", "order:2"])["description"], "fails");

    let alias = cli.json(&["aliases", "create", "order:live", "1=100", "2=0"]);
    assert_eq!(alias["routingConfiguration"][1]["weight"], 0);
    let started = cli.json(&["start", "order:live", "--wait"]);
    assert_eq!(started["status"], "SUCCEEDED");
    assert_eq!(started["stateMachineAliasArn"], format!("{ORDER}:live"));
    cli.refused(&["versions", "delete", "order:1"], "[live]");
    cli.json(&["aliases", "update", "order:live", "2"]);
    cli.json(&["versions", "delete", "order:1"]);
    let versions = cli.json(&["versions", "list", "order"]);
    assert_eq!(versions[0]["stateMachineVersionArn"], format!("{ORDER}:2"));
    assert_eq!(versions.as_array().unwrap().len(), 1);
    assert_eq!(cli.json(&["aliases", "list", "order:2"]).as_array().unwrap().len(), 1);
    cli.json(&["aliases", "delete", "order:live"]);
    cli.refused(&["start", "order:live"], "State Machine Does Not Exist");
}

#[test]
fn an_activity_is_created_tagged_and_deleted() {
    let cli = cli();
    let pay = "arn:aws:states:us-east-1:000000000000:activity:pay";
    assert_eq!(cli.json(&["activities", "create", "pay", "--tag", "a="])["activityArn"], pay);
    assert_eq!(cli.json(&["tags", "add", pay, "b=c=d"]), json!({ "a": "", "b": "c=d" }));
    assert_eq!(cli.json(&["tags", "remove", pay, "a"]), json!({ "b": "c=d" }));
    assert_eq!(cli.json(&["activities", "list"])[0]["name"], "pay");
    assert_eq!(cli.json(&["activities", "delete", "pay"]), json!({ "deleted": "pay" }));
    cli.refused(&["activities", "describe", "pay"], "Activity Does Not Exist");
}
