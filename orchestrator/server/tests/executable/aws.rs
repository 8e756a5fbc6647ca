//! AWS's API on a server that logs all it can: nothing that AWS calls sensitive, and nothing that proves who calls, stands in its log.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::process::{Server, dev, folder, until};

/// One in each place that must not be told. No two are parts of another. The error of a failure is told, as its kind.
const SECRETS: [&str; 12] = [
    "hush-signature",
    "hush-session",
    "hush-query",
    "hush-definition",
    "hush-input",
    "hush-broken-input",
    "hush-broken-body",
    "hush-output",
    "hush-broken-output",
    "hush-cause",
    "hush-context",
    "hush-mock",
];

struct Caller<'a> {
    address: &'a str,
    /// Everything that was answered.
    answers: Vec<String>,
}

impl Caller<'_> {
    /// The answer as text. Its headers claim a key, a signature and a session, all of them made up.
    fn send(&mut self, operation: &str, body: &str) -> String {
        let mut connection = TcpStream::connect(self.address).expect("the server listens");
        let request = format!(
            "POST /?X-Amz-Signature=hush-query HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/x-amz-json-1.0\r\nx-amz-target: AWSStepFunctions.{operation}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKID/20261128/us-east-1/states/aws4_request, \
             SignedHeaders=host, Signature=hush-signature\r\nx-amz-security-token: hush-session\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.write_all(request.as_bytes()).expect("the server reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("the server answers");
        self.answers.push(answer.clone());
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    fn call(&mut self, operation: &str, input: &Value) -> Value {
        let answer = self.send(operation, &input.to_string());
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{operation}: {answer}"))
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

fn calls(caller: &mut Caller<'_>) {
    let role = "arn:aws:iam::000000000000:role/order";
    let activity = text(&caller.call("CreateActivity", &json!({ "name": "pay" })), "activityArn");
    let definition = json!({
        "Comment": "hush-definition", "StartAt": "Pay",
        "States": { "Pay": { "Type": "Task", "Resource": activity, "End": true } },
    });
    let create =
        |definition: &str| json!({ "name": "order", "definition": definition, "roleArn": role });
    caller.call("CreateStateMachine", &create("{\"hush-definition\": "));
    let created = caller.call("CreateStateMachine", &create(&definition.to_string()));
    let machine = text(&created, "stateMachineArn");
    caller.send("StartExecution", "{\"stateMachineArn\": hush-broken-body");
    let broken = json!({ "stateMachineArn": machine, "input": "{\"a\": hush-broken-input" });
    assert_eq!(caller.call("StartExecution", &broken)["__type"], "InvalidExecutionInput");
    let start = json!({ "stateMachineArn": machine, "input": "\"hush-input\"" });
    for failed in [false, true] {
        let execution = text(&caller.call("StartExecution", &start), "executionArn");
        let task = caller.call("GetActivityTask", &json!({ "activityArn": activity }));
        assert_eq!(task["input"], "\"hush-input\"");
        let token = text(&task, "taskToken");
        let broken = json!({ "taskToken": token, "output": "hush-broken-output" });
        assert_eq!(caller.call("SendTaskSuccess", &broken)["__type"], "InvalidOutput");
        if failed {
            let failure = json!({ "taskToken": token, "error": "Odd", "cause": "hush-cause" });
            caller.call("SendTaskFailure", &failure);
        } else {
            caller.call(
                "SendTaskSuccess",
                &json!({ "taskToken": token, "output": "\"hush-output\"" }),
            );
        }
        let described = until("it ends", || {
            let found = caller.call("DescribeExecution", &json!({ "executionArn": execution }));
            (found["status"] != "RUNNING").then_some(found)
        });
        assert_eq!(described["status"] == "FAILED", failed, "{described}");
        caller.call("GetExecutionHistory", &json!({ "executionArn": execution }));
    }
    let test = json!({
        "definition": definition.to_string(), "stateName": "Pay", "roleArn": role, "input": "\"hush-input\"",
        "context": "\"hush-context\"", "mock": { "result": "\"hush-mock\"" }, "inspectionLevel": "TRACE",
    });
    caller.call("TestState", &test);
    let token = json!({ "taskToken": "hush-session", "output": "\"hush-output\"" });
    assert_eq!(caller.call("SendTaskSuccess", &token)["__type"], "InvalidToken");
}

#[test]
fn nothing_that_is_secret_stands_in_the_log() {
    let folder = folder();
    let log = folder.path().join("log");
    let server = Server::ready({
        let mut command = dev(&folder.path().join("data"));
        command.args(["--log", "trace"]).stderr(fs::File::create(&log).expect("a log"));
        command
    });
    let address = server.address();
    let address = address.trim_start_matches("http://");
    let mut caller = Caller { address, answers: Vec::new() };

    calls(&mut caller);

    let answers = caller.answers.concat();
    for told in ["hush-input", "hush-output", "hush-cause", "hush-definition"] {
        assert!(answers.contains(told), "{told} was never there to be told");
    }
    let log = fs::read_to_string(&log).expect("a log");
    assert!(log.contains("execution started"), "it logs what it does");
    for secret in SECRETS {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is told");
    }
}
