//! `everstep import-aws` on the AWS API of a server: from one namespace into another.

use std::fs;

use cluster::ScratchCluster;
use serde_json::{Map, Value, json};

use crate::process::{EVERSTEP, Server, clean, code, everstep, folder, stderr, stdout};

const MACHINE_ARN: &str = "arn:aws:states:us-east-1:000000000000:stateMachine";
/// One more than a page of the list has.
const MACHINES: usize = 101;

fn import(server: &Server, args: &[&str]) -> std::process::Output {
    let mut command = clean(std::process::Command::new(EVERSTEP), &["import-aws"]);
    command.args(["--address", &server.address()]).args(args);
    command.env("AWS_ACCESS_KEY_ID", "any").env("AWS_SECRET_ACCESS_KEY", "any");
    command.output().expect("the executable runs")
}

fn ok(server: &Server, args: &[&str]) {
    let done = server.call(args);
    assert_eq!(code(&done), 0, "{args:?}: {}", stderr(&done));
}

/// The machine `counted`, twice published, and a hundred others; 300 iterations are more events than a page has.
fn set(server: &Server) {
    let counted = json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
        "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}}
    }}});
    let machine = |definition: &Value| {
        json!({"Type": "AWS::StepFunctions::StateMachine", "Properties": {
            "RoleArn": "arn:aws:iam::000000000000:role/r", "Definition": definition
        }})
    };
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let mut resources = Map::new();
    for number in 1..MACHINES {
        resources.insert(format!("m{number}"), machine(&pass));
    }
    resources.insert("counted".to_owned(), machine(&counted));
    let folder = folder();
    let file = folder.path().join("template.json");
    fs::write(&file, json!({ "Resources": resources }).to_string()).unwrap();
    ok(server, &["deploy", file.to_str().unwrap()]);
    ok(server, &["versions", "publish", "counted"]);
    ok(server, &["tags", "add", &format!("{MACHINE_ARN}:counted"), "team=pay"]);
    let input = json!((0..300).collect::<Vec<_>>()).to_string();
    ok(server, &["start", "counted", "--name", "first", "--wait", "--input", &input]);
    ok(server, &["start", "counted", "--name", "second", "--wait", "--input", "[1]"]);
    // It changes after it ran: what ran is held against what it was.
    fs::write(&file, pass.to_string()).unwrap();
    ok(server, &["update", "counted", file.to_str().unwrap(), "--publish"]);
    ok(server, &["aliases", "create", "counted:live", "1=90", "2=10"]);
    ok(server, &["namespace", "create", "copy", "--account", "123456789012"]);
}

#[test]
fn every_page_is_read_and_what_stays_behind_is_named() {
    let database = ScratchCluster::shared().database();
    let mut command = everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json"]);
    command.args(["--migrate", "--database-url", &database]);
    let server = Server::ready(command);
    set(&server);

    let address = server.address();
    let from = ["--endpoint-url", &address, "--namespace", "copy", "--histories", "2"];
    let imported = import(&server, &[&from[..], &["--output", "json"]].concat());

    assert_eq!(code(&imported), 0, "{}", stderr(&imported));
    let told = "`everstep namespace update copy --partition aws --region us-east-1 --account 000000000000`";
    assert!(stderr(&imported).contains(told), "{}", stderr(&imported));
    let document: Value = serde_json::from_str(&stdout(&imported)).unwrap();
    let machines = document["stateMachines"].as_array().unwrap();
    assert_eq!(machines.len(), MACHINES);
    assert!(machines.iter().all(|it| it["action"] == "CREATE"), "{document}");
    let counted = machines.iter().find(|it| it["name"] == "counted").unwrap();
    assert_eq!(counted["versions"], json!(["1", "2"]));
    let routes = json!([{"version": "1", "weight": 90}, {"version": "2", "weight": 10}]);
    assert_eq!(counted["aliases"], json!([{"name": "live", "routes": routes}]));
    assert_eq!(counted["remarks"], json!([]));
    let same = |name: &str| json!({"name": name, "result": "SAME", "detail": null});
    assert_eq!(counted["executions"], json!([same("second"), same("first")]));

    let copied = "arn:aws:states:us-east-1:123456789012:stateMachine:counted";
    let tags = ["tags", "list", copied, "--namespace", "copy", "--output", "json"];
    assert_eq!(stdout(&server.call(&tags)), "{\"team\":\"pay\"}\n");

    let one = [&from[..], &["--machine", "counted", "--graph"]].concat();
    let again = stdout(&import(&server, &one));
    let expected = "counted: unchanged\n  versions there, not here: 1, 2\n  aliases there, not here: live 1=90 2=10\n  \
                    second: the same here\n  first: the same here\nflowchart";
    assert!(again.starts_with(expected), "{again}");
}

#[test]
fn what_cannot_be_imported_is_told_by_its_kind() {
    let database = ScratchCluster::shared().database();
    let mut command = everstep(&["server", "--listen", "127.0.0.1:0", "--output", "json"]);
    command.args(["--migrate", "--database-url", &database]);
    let server = Server::ready(command);
    let refused = |args: &[&str], kind: i32, told: &str| {
        let refused = import(&server, args);
        assert_eq!(code(&refused), kind, "{}", stderr(&refused));
        assert!(stderr(&refused).contains(told), "{}", stderr(&refused));
    };
    let address = server.address();
    let missing = ["--endpoint-url", &address, "--machine", "none"];
    refused(&missing, 2, "there is no state machine `none` there");
    let nobody = ["--endpoint-url", "http://127.0.0.1:1"];
    let told = "http://127.0.0.1:1 does not answer listStateMachines: ";
    refused(&nobody, 3, told);
    refused(&["--endpoint-url", "ftp://127.0.0.1"], 2, "is no endpoint");
    let file = folder();
    let path = file.path().join("m.json");
    fs::write(&path, r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#)
        .unwrap();
    ok(&server, &["create", "m", path.to_str().unwrap()]);
    ok(&server, &["namespace", "create", "copy"]);
    ok(
        &server,
        &["create", "m", path.to_str().unwrap(), "--namespace", "copy", "--type", "express"],
    );

    // One that is refused here keeps nobody else from being told of
    let into = ["--endpoint-url", &address, "--namespace", "copy"];
    let conflict = import(&server, &into);
    assert_eq!(code(&conflict), 1, "{}", stderr(&conflict));
    let told = "m: refused: the state machine m is there with another type";
    assert!(stdout(&conflict).starts_with(told), "{}", stdout(&conflict));
    let without = everstep(&["import-aws"]).env_remove("AWS_ACCESS_KEY_ID").output().unwrap();
    assert_eq!(code(&without), 2);
    assert!(stderr(&without).contains("AWS_ACCESS_KEY_ID is not set"), "{}", stderr(&without));
}
