//! What the namespace's definitions call: functions, and actions that nobody serves otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use everstep_proto::v1::state_machines_client::StateMachinesClient;
use everstep_proto::v1::{DescribeStateMachineRequest, ListStateMachinesRequest};
use everstep_worker::AccessKey;
use serde_json::Value;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};

const PAGE: u32 = 1_000;
/// A machine that is known is read again so often: it may have been updated. A list does not say so.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// A task's queue, as far as it concerns the adapter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Called {
    Function(String),
    /// `service:action`
    Action(String),
}

/// Reads the definitions of a namespace.
#[derive(Debug)]
pub(crate) struct Definitions {
    machines: StateMachinesClient<Channel>,
    namespace: String,
    authorization: Option<MetadataValue<Ascii>>,
    /// By machine: when it was read last.
    read: BTreeMap<String, Instant>,
}

impl Definitions {
    pub(crate) fn new(channel: Channel, namespace: String, key: Option<&AccessKey>) -> Self {
        Self {
            machines: StateMachinesClient::new(channel),
            namespace,
            authorization: key.map(AccessKey::authorization),
            read: BTreeMap::new(),
        }
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }

    /// What machines call that are new, or were read long ago.
    pub(crate) async fn news(&mut self) -> Result<BTreeSet<Called>, Status> {
        let mut news = BTreeSet::new();
        let mut next_token = String::new();
        loop {
            let request = ListStateMachinesRequest {
                namespace: self.namespace.clone(),
                max_results: PAGE,
                next_token,
            };
            let request = self.request(request);
            let page = self.machines.list_state_machines(request).await?.into_inner();
            for machine in page.state_machines {
                news.extend(self.read(machine.state_machine_arn).await?);
            }
            next_token = page.next_token;
            if next_token.is_empty() {
                return Ok(news);
            }
        }
    }

    async fn read(&mut self, machine: String) -> Result<BTreeSet<Called>, Status> {
        if self.read.get(&machine).is_some_and(|at| at.elapsed() < READ_AGAIN) {
            return Ok(BTreeSet::new());
        }
        let request = DescribeStateMachineRequest {
            namespace: self.namespace.clone(),
            state_machine: machine.clone(),
        };
        let request = self.request(request);
        let found = self.machines.describe_state_machine(request).await;
        // It may have been deleted since it was listed.
        let definition = match found {
            Err(status) if status.code() == tonic::Code::NotFound => return Ok(BTreeSet::new()),
            found => found?.into_inner().definition,
        };
        self.read.insert(machine, Instant::now());
        Ok(called(&definition))
    }
}

fn called(definition: &str) -> BTreeSet<Called> {
    let definition: Value = serde_json::from_str(definition).unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut todo = vec![&definition];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(fields) => {
                found.extend(of_task(value));
                todo.extend(fields.values());
            }
            Value::Array(items) => todo.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn of_task(state: &Value) -> Option<Called> {
    if state.get("Type")?.as_str()? != "Task" {
        return None;
    }
    let resource = state.get("Resource")?.as_str()?;
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let ["arn", _, owner, _, _, what] = parts[..] else { return None };
    match (owner, what) {
        ("lambda", what) => function(what.strip_prefix("function:")?),
        ("states", what) if !what.starts_with("activity:") => of_integration(state, what),
        _ => None,
    }
}

fn of_integration(state: &Value, call: &str) -> Option<Called> {
    let call = call.strip_suffix(".waitForTaskToken").unwrap_or(call);
    // The orchestrator serves these itself.
    if call.starts_with("states:") || call.starts_with("http:") {
        return None;
    }
    if call != "lambda:invoke" {
        return Some(Called::Action(call.to_owned()));
    }
    let parameters = state.get("Parameters").or_else(|| state.get("Arguments"))?;
    let name = parameters.get("FunctionName")?.as_str()?;
    function(name.rsplit_once("function:").map_or(name, |(_, name)| name))
}

/// A name that the definition states; what an expression yields is not known before it runs.
fn function(name: &str) -> Option<Called> {
    let name = name.split(':').next().unwrap_or(name);
    let stated = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (!name.is_empty() && name.chars().all(stated)).then(|| Called::Function(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_definition_calls_is_found_at_every_depth() {
        let task = |resource: &str| json!({"Type": "Task", "Resource": resource});
        let definition = json!({"States": {
            "A": task("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            "B": {"Type": "Parallel", "Branches": [{"States": {
                "C": task("arn:aws:lambda:us-east-1:1:function:charge:$LATEST"),
                "D": task("arn:aws:states:::glue:startJobRun.sync"),
            }}]},
            "E": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "arn:aws:lambda:us-east-1:1:function:ship:1"}},
            "F": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "{% $name %}"}},
            "G": task("arn:aws:states:us-east-1:1:activity:pack"),
            "H": task("pack"),
            "I": task("arn:aws:states:::states:startExecution.sync:2"),
            "J": task("arn:aws:states:::http:invoke"),
            "K": {"Type": "Pass", "Result": {"Type": "Task"}},
        }});
        let expected = [
            Called::Function("charge".to_owned()),
            Called::Function("ship".to_owned()),
            Called::Action("glue:startJobRun.sync".to_owned()),
            Called::Action("sqs:sendMessage".to_owned()),
        ];
        assert_eq!(called(&definition.to_string()), BTreeSet::from(expected));
    }
}
