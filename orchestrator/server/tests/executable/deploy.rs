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
    assert_eq!(code(&server.call(&["activities", "describe", "pack"])), 4);
    assert_eq!(actions(&server, &args), json!(["CREATE", "CREATE"]), "the dry run did nothing");
    assert_eq!(actions(&server, &args), json!(["NONE", "NONE"]));

    assert_eq!(code(&server.call(&["activities", "describe", "pack"])), 0, "and its activity");

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

const LIVE: &str = r#"{"Resources": {
    "Order": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {
        "StateMachineName": "order", "RoleArn": "arn:aws:iam::000000000000:role/r",
        "Definition": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
        "Tags": [{"Key": "team", "Value": "pay"}]}},
    "Newest": {"Type": "AWS::StepFunctions::StateMachineVersion", "Properties": {
        "StateMachineArn": {"Ref": "Order"},
        "StateMachineRevisionId": {"Fn::GetAtt": ["Order", "StateMachineRevisionId"]}}},
    "Live": {"Type": "AWS::StepFunctions::StateMachineAlias", "Properties": {"Name": "live",
        "RoutingConfiguration": [{"StateMachineVersionArn": {"Ref": "Newest"}, "Weight": 100}]}},
    "Pack": {"Type": "AWS::StepFunctions::Activity", "Properties": {
        "Name": "pack", "Tags": [{"Key": "team", "Value": "ship"}]}}
}}"#;

#[test]
fn an_alias_follows_the_version_that_each_deployment_publishes() {
    let database = ScratchCluster::shared().database();
    let mut command = everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json"]);
    command.args(["--migrate", "--database-url", &database]);
    let server = Server::ready(command);
    let folder = folder();
    let path = folder.path().join("template.json");
    let call = |args: &[&str]| {
        let done = server.call(&[args, &["--output", "json"]].concat());
        assert_eq!(code(&done), 0, "{args:?}: {}", stderr(&done));
        serde_json::from_str::<Value>(&stdout(&done)).unwrap()
    };
    let deploy = |template: &str, more: &[&str]| {
        fs::write(&path, template).unwrap();
        let document = call(&[&["deploy", path.to_str().unwrap()], more].concat());
        let kinds = ["stateMachines", "versions", "aliases", "activities"];
        let told = kinds.map(|kind| document[kind][0]["action"].clone());
        (json!(told), document["versions"][0]["stateMachineVersionArn"].clone())
    };
    let order = "arn:aws:states:us-east-1:000000000000:stateMachine:order";
    let version = |number: u32| json!(format!("{order}:{number}"));
    let all = |action: &str| json!([action, action, action, action]);
    assert_eq!(deploy(LIVE, &["--dry-run"]), (all("CREATE"), Value::Null));
    assert_eq!(deploy(LIVE, &[]), (all("CREATE"), version(1)));
    assert_eq!(deploy(LIVE, &[]), (all("NONE"), version(1)));
    assert_eq!(call(&["tags", "list", order]), json!({"team": "pay"}));
    let pack = "arn:aws:states:us-east-1:000000000000:activity:pack";
    assert_eq!(call(&["tags", "list", pack]), json!({"team": "ship"}));

    // When the definition changes
    let changed = LIVE.replace("Succeed", "Fail");
    let update = json!(["UPDATE", "CREATE", "UPDATE", "NONE"]);
    assert_eq!(deploy(&changed, &["--dry-run"]), (update.clone(), Value::Null));
    assert_eq!(deploy(&changed, &[]), (update, version(2)));
    let described = call(&["aliases", "describe", "order:live"]);
    let routes = json!([{"stateMachineVersionArn": version(2), "weight": 100}]);
    assert_eq!(described["routingConfiguration"], routes);

    // Other tags make no version
    let tagged = changed.replace("\"pay\"", "\"shop\"").replace("\"team\"", "\"of\"");
    let update = json!(["UPDATE", "NONE", "NONE", "UPDATE"]);
    assert_eq!(deploy(&tagged, &[]), (update, version(2)));
    assert_eq!(call(&["tags", "list", order]), json!({"of": "shop"}));

    let other = tagged.replace("\"live\"", "\"live!\"");
    fs::write(&path, other).unwrap();
    let refused = server.call(&["deploy", path.to_str().unwrap()]);
    assert_eq!(code(&refused), 4, "{}", stdout(&refused));
    assert!(stderr(&refused).contains("the alias live!: "), "{}", stderr(&refused));
}
