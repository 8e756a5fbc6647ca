//! A case as it was recorded.

use asl::MachineType;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
pub struct Case {
    pub id: String,
    pub area: String,
    pub kind: Kind,
    pub definition: String,
    /// `STANDARD` or `EXPRESS`.
    #[serde(rename = "type")]
    pub machine_type: String,
    pub input: Option<String>,
    /// The other fields of the request.
    #[serde(default)]
    pub params: Map<String, Value>,
    pub role: Option<String>,
    pub expected: Expected,
    pub needs: Vec<String>,
    /// Of a refusal only the error's name is AWS's.
    #[serde(default)]
    pub not_aws_text: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Execution,
    Sync,
    CreateError,
    Validate,
    TestState,
    Describe,
}

#[derive(Debug, Deserialize)]
pub struct Expected {
    pub status: Option<Value>,
    pub output: Option<Value>,
    pub error: Option<Value>,
    pub cause: Option<Value>,
    pub history: Option<Vec<Value>>,
    pub response: Option<Value>,
}

impl Case {
    pub fn machine_type(&self) -> MachineType {
        if self.machine_type == "EXPRESS" { MachineType::Express } else { MachineType::Standard }
    }

    /// Why no worker can stand in the function's place: a worker answers from recorded task events alone.
    pub fn unanswered(&self) -> Option<&'static str> {
        let reason = "needs lambda, whose answers are not recorded";
        // Children of a Distributed Map have histories of their own, and those were not recorded.
        let by_children =
            self.expected.history.iter().flatten().any(|it| it["type"] == "MapRunStarted");
        match self.kind {
            Kind::Execution => by_children.then_some(reason),
            Kind::CreateError | Kind::Validate => None,
            Kind::Sync | Kind::Describe => self.expected.history.is_none().then_some(reason),
            Kind::TestState => (!self.params.contains_key("mock")).then_some(reason),
        }
    }
}
