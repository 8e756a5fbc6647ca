//! `everstep import-aws`: machines come over from moto, and what ran there is tried here.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::moto::Moto;
use crate::stage::{Stage, logs};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn machines_come_over_once_and_their_executions_take_the_same_way() {
    // Given two machines at moto, and an execution of each that has ended
    let Some(moto) = Moto::start(&logs("import")).await else { return };
    execute(&moto).await;
    let stage = Stage::set("import", &["--endpoint-url", &moto.url]).await;
    let sized = json!({"StartAt": "Read", "States": {
        "Read": {"Type": "Pass", "ResultPath": "$.read", "Result": true, "Next": "Large"},
        "Large": {"Type": "Choice", "Default": "Small", "Choices": [
            {"Variable": "$.amount", "NumericGreaterThan": 10, "Next": "Refuse"}
        ]},
        "Small": {"Type": "Succeed"},
        "Refuse": {"Type": "Fail", "Error": "TooLarge", "Cause": "no"}
    }});
    let split = json!({"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}},
        {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}
    ]}}});
    ran(&stage, "sized", &sized, &json!({"amount": 50})).await;
    ran(&stage, "split", &split, &json!({})).await;

    // When they are imported, a second time, and one of them without a name that is there
    let import = ["import-aws", "--endpoint-url", &moto.url, "--histories", "3"];
    let imported = |args: &[&str]| {
        let output = stage.command(&[&import[..], args].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
        let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let machines = document["stateMachines"].as_array().expect("it is a list").clone();
        let told = |it: &Value| json!([it["name"], it["action"], it["executions"][0]["result"]]);
        machines.iter().map(told).collect::<Value>()
    };
    let each = |action: &str| json!([["sized", action, "SAME"], ["split", action, "SAME"]]);
    assert_eq!(imported(&["--dry-run"]), each("CREATE"));
    assert_eq!(imported(&[]), each("CREATE"));
    assert_eq!(imported(&[]), each("NONE"));
    assert_eq!(imported(&["--machine", "split"]), json!([["split", "NONE", "SAME"]]));
    let missing = stage.command(&[&import[..], &["--machine", "none"]].concat());
    assert_eq!(missing.status.code(), Some(2));

    // And one that is faulty is told of and left out
    let faulty = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}});
    created(&stage, "faulty", &faulty).await;
    let only = stage.command(&[&import[..], &["--machine", "faulty"]].concat());
    assert_eq!(only.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&only.stdout).expect("it is JSON");
    let machine = &document["stateMachines"][0];
    assert_eq!(machine["action"], "FAULTY", "{machine}");
    assert_eq!(machine["diagnostics"][1]["code"], "MISSING_TRANSITION_TARGET", "{machine}");

    // Then they run here
    let started = stage.client().start("sized", "", r#"{"amount": 5}"#).await;
    let ended = stage.end(&started.expect("it is there").execution_arn).await;
    assert_eq!(ended.output(), r#"{"amount":5,"read":true}"#);
}

/// moto runs machines only where it is told to.
async fn execute(moto: &Moto) {
    let body = r#"{"stepfunctions": {"execute_state_machine": true}}"#;
    let address = moto.url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("moto listens");
    let length = body.len();
    let request = format!(
        "POST /moto-api/config HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("moto reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("moto answers");
    assert!(answer.starts_with("HTTP/1.1 201") || answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// Its ARN.
async fn created(stage: &Stage, name: &str, definition: &Value) -> Value {
    let machine = json!({
        "Name": name, "Definition": definition, "RoleArn": "arn:aws:iam::123456789012:role/r"
    });
    stage.result("aws-sdk:sfn:createStateMachine", machine).await["StateMachineArn"].clone()
}

async fn ran(stage: &Stage, name: &str, definition: &Value, input: &Value) {
    let machine = created(stage, name, definition).await;
    let start = json!({"StateMachineArn": machine, "Input": input});
    let started = stage.result("aws-sdk:sfn:startExecution", start).await;
    let ended = async {
        let named = json!({"ExecutionArn": started["ExecutionArn"]});
        let describe = async || {
            stage.result("aws-sdk:sfn:describeExecution", named.clone()).await["Status"].clone()
        };
        while describe().await == "RUNNING" {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("moto ends it");
}
