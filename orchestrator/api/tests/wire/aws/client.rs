//! A client of AWS JSON 1.0. What it is answered must be an answer that the model knows.

use std::fmt;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::compatibility::ANY;
use super::compatibility::notes::Notes;
use crate::world::World;

pub(super) static MODEL: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/aws/model/service.json")).expect("the table")
});

pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/order";
pub(crate) const ARN: &str = "arn:aws:states:us-east-1:000000000000";

#[derive(Debug, Clone)]
pub(crate) struct Aws {
    http: reqwest::Client,
    url: String,
    notes: Notes,
}

/// A refusal as it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.status, self.code(), self.message())
    }
}

impl Refused {
    pub(crate) fn code(&self) -> &str {
        self.body["__type"].as_str().unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

impl World {
    pub(crate) fn aws(&self) -> Aws {
        // The client will not be built without one; another test may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (http, notes) = (reqwest::Client::new(), self.kept.notes.clone());
        Aws { http, url: format!("http://{}/", self.address), notes }
    }
}

impl Aws {
    /// An answer, held against the model.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Result<Value, Refused> {
        let response = self.send(operation, input.to_string()).await;
        assert_eq!(header(&response, "content-type"), "application/x-amz-json-1.0");
        assert_eq!(header(&response, "x-amzn-requestid").len(), 36);
        let (status, error) = (response.status(), header(&response, "x-amzn-errortype"));
        let body: Value = response.json().await.expect("a document");
        if status.is_success() {
            let shape = MODEL["operations"][operation]["output"].as_str().expect("an operation");
            conforms(shape, &body, operation);
            self.notes.answered(operation, &input, &body);
            return Ok(body);
        }
        assert_eq!(body["__type"], error);
        self.notes.refused(operation, &error);
        Err(Refused { status: status.as_u16(), body })
    }

    pub(crate) async fn ok(&self, operation: &str, input: Value) -> Value {
        let answer = self.call(operation, input).await;
        answer.unwrap_or_else(|refused| panic!("{operation}: {refused}"))
    }

    pub(crate) async fn refused(&self, operation: &str, input: Value) -> Refused {
        match self.call(operation, input).await {
            Ok(answer) => panic!("{operation} was not refused: {answer}"),
            Err(refused) => refused,
        }
    }

    pub(crate) async fn send(&self, operation: &str, body: String) -> reqwest::Response {
        let target = format!("AWSStepFunctions.{operation}");
        let request = self.post().header("x-amz-target", target).body(body);
        request.send().await.expect("is answered")
    }

    pub(crate) fn post(&self) -> reqwest::RequestBuilder {
        self.http.post(&self.url).header("content-type", "application/x-amz-json-1.0")
    }

    /// A refusal of a request that was not sent by `call`.
    pub(crate) fn note_refusal(&self, error: &str) {
        self.notes.refused(ANY, error);
    }

    pub(crate) fn get(&self) -> reqwest::RequestBuilder {
        self.http.get(&self.url)
    }

    /// The new machine's ARN.
    pub(crate) async fn create(&self, name: &str, definition: &str) -> String {
        let request = json!({ "name": name, "definition": definition, "roleArn": ROLE });
        let created = self.ok("CreateStateMachine", request).await;
        text(&created, "stateMachineArn")
    }

    /// The new execution's ARN.
    pub(crate) async fn start(&self, machine: &str, input: &str) -> String {
        let request = json!({ "stateMachineArn": machine, "input": input });
        text(&self.ok("StartExecution", request).await, "executionArn")
    }
}

pub(crate) fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}

pub(crate) fn header(response: &reqwest::Response, name: &str) -> String {
    let value = response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned());
    value.unwrap_or_default()
}

/// Every member is one of the shape's, of its type, and what is required is there.
fn conforms(shape: &str, value: &Value, at: &str) {
    let found = &MODEL["shapes"][shape];
    let kind = found["type"].as_str().expect("a shape");
    let right = match kind {
        "structure" => {
            structure(found, value, at);
            value.is_object()
        }
        "list" => {
            for item in value.as_array().into_iter().flatten() {
                conforms(found["member"].as_str().expect("a shape"), item, at);
            }
            value.is_array()
        }
        "map" => {
            for item in value.as_object().into_iter().flat_map(|map| map.values()) {
                conforms(found["value"].as_str().expect("a shape"), item, at);
            }
            value.is_object()
        }
        "string" => {
            let values = found["enum"].as_array();
            value.is_string() && values.is_none_or(|values| values.contains(value))
        }
        "integer" | "long" => value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => value.is_number(),
    };
    assert!(right, "{at}: no {shape}: {value}");
}

fn structure(shape: &Value, value: &Value, at: &str) {
    let members = shape["members"].as_array().expect("members");
    let named = |name: &str| members.iter().find(|member| member["name"] == name);
    for (name, value) in value.as_object().into_iter().flatten() {
        let member = named(name).unwrap_or_else(|| panic!("{at}.{name} is no member"));
        conforms(member["shape"].as_str().expect("a shape"), value, &format!("{at}.{name}"));
    }
    for member in members.iter().filter(|member| member["required"] == true) {
        let name = member["name"].as_str().expect("a name");
        assert!(value.get(name).is_some(), "{at}.{name} is required: {value}");
    }
}
