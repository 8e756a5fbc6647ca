//! The endpoint that machines come from: what is asked of it, page by page, and how its refusals are told.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_adapter::{Access, Aws, AwsError};
use everstep_proto::v1::StateMachineType;
use serde_json::{Value, json};

use crate::error::{CommandError, Remedy};
use crate::template::{Machine, uncapitalised};

/// What AWS gives at once of executions and of events.
const PAGE: usize = 1_000;

/// A call that is throttled is made again so often, each time after twice the pause: AWS refills its buckets within a minute.
const THROTTLED_MAX: u32 = 8;
const THROTTLED_PAUSE: Duration = Duration::from_millis(250);

pub(super) struct Source {
    aws: Aws,
    /// As messages name it.
    place: String,
}

/// A machine as the list has it.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) arn: String,
}

/// An alias's name, and its versions with their weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) routes: Vec<(String, u64)>,
}

/// All that there is of an execution that has ended.
#[derive(Debug)]
pub(super) struct Recording {
    /// Of its machine, as it was when the execution began.
    pub(super) definition: String,
    pub(super) described: Value,
    pub(super) events: Vec<Value>,
}

impl Source {
    pub(super) fn new(access: Access) -> Result<Self, CommandError> {
        let place = access.endpoint_url.as_ref().map_or("AWS", |url| url.as_str());
        let place = place.trim_end_matches('/').to_owned();
        Ok(Self { aws: Aws::new(access).map_err(CommandError::internal)?, place })
    }

    pub(super) async fn machines(&self) -> Result<Vec<Listed>, CommandError> {
        let all = self.pages("listStateMachines", json!({}), "StateMachines").await?;
        let listed =
            |it: &Value| Listed { name: text(it, "Name"), arn: text(it, "StateMachineArn") };
        Ok(all.iter().map(listed).collect())
    }

    /// None where it is being deleted.
    pub(super) async fn machine(&self, listed: &Listed) -> Result<Option<Machine>, CommandError> {
        let named = json!({ "StateMachineArn": listed.arn });
        let described = self.call("describeStateMachine", &named).await?;
        Ok((text(&described, "Status") != "DELETING").then(|| machine(&described)))
    }

    pub(super) async fn tags(
        &self,
        listed: &Listed,
    ) -> Result<BTreeMap<String, String>, CommandError> {
        let named = json!({ "ResourceArn": listed.arn });
        let answer = self.call("listTagsForResource", &named).await?;
        let tags = answer["Tags"].as_array().into_iter().flatten();
        let tags = tags.map(|it| (text(it, "Key"), text(it, "Value")));
        // AWS's own, which nobody else may set.
        Ok(tags.filter(|(key, _)| !key.starts_with("aws:")).collect())
    }

    /// The numbers of its versions, the oldest first.
    pub(super) async fn versions(&self, listed: &Listed) -> Result<Vec<String>, CommandError> {
        let named = json!({ "StateMachineArn": listed.arn });
        let all = self.pages("listStateMachineVersions", named, "StateMachineVersions").await?;
        // The newest comes first.
        Ok(all.iter().rev().map(|it| qualifier(it, "StateMachineVersionArn")).collect())
    }

    pub(super) async fn aliases(&self, listed: &Listed) -> Result<Vec<Alias>, CommandError> {
        let named = json!({ "StateMachineArn": listed.arn });
        let mut aliases = Vec::new();
        let listed = self.pages("listStateMachineAliases", named, "StateMachineAliases");
        for item in listed.await? {
            let named = json!({ "StateMachineAliasArn": item["StateMachineAliasArn"] });
            let described = self.call("describeStateMachineAlias", &named).await?;
            let routes = described["RoutingConfiguration"].as_array().into_iter().flatten();
            let route = |it: &Value| {
                let weight = it["Weight"].as_u64().unwrap_or_default();
                (qualifier(it, "StateMachineVersionArn"), weight)
            };
            let routes = routes.map(route).collect();
            aliases.push(Alias { name: text(&described, "Name"), routes });
        }
        Ok(aliases)
    }

    /// Names and ARNs of so many executions that have ended, the newest first.
    pub(super) async fn ended(
        &self,
        machine: &Listed,
        count: usize,
    ) -> Result<Vec<Listed>, CommandError> {
        let mut asked = json!({ "StateMachineArn": machine.arn, "MaxResults": PAGE });
        let mut found = Vec::new();
        loop {
            let mut page = self.call("listExecutions", &asked).await?;
            let items = page["Executions"].as_array().into_iter().flatten();
            let ended =
                |it: &&Value| !matches!(&*text(it, "Status"), "RUNNING" | "PENDING_REDRIVE");
            let listed =
                |it: &Value| Listed { name: text(it, "Name"), arn: text(it, "ExecutionArn") };
            found.extend(items.filter(ended).map(listed));
            found.truncate(count);
            let next = page["NextToken"].take();
            if found.len() == count || !next.is_string() {
                return Ok(found);
            }
            asked["NextToken"] = next;
        }
    }

    pub(super) async fn recording(&self, execution: &Listed) -> Result<Recording, CommandError> {
        let named = json!({ "ExecutionArn": execution.arn });
        let machine = self.call("describeStateMachineForExecution", &named).await?;
        let described = self.call("describeExecution", &named).await?;
        let asked = json!({ "ExecutionArn": execution.arn, "MaxResults": PAGE });
        let events = self.pages("getExecutionHistory", asked, "Events").await?;
        Ok(Recording { definition: text(&machine, "Definition"), described, events })
    }

    /// The items of all pages.
    async fn pages(
        &self,
        operation: &str,
        mut asked: Value,
        items: &str,
    ) -> Result<Vec<Value>, CommandError> {
        let mut found = Vec::new();
        loop {
            let mut page = self.call(operation, &asked).await?;
            if let Value::Array(more) = page[items].take() {
                found.extend(more);
            }
            asked["NextToken"] = page["NextToken"].take();
            if !asked["NextToken"].is_string() {
                return Ok(found);
            }
        }
    }

    async fn call(&self, operation: &str, parameters: &Value) -> Result<Value, CommandError> {
        let mut pause = THROTTLED_PAUSE;
        for _ in 0..THROTTLED_MAX {
            match self.aws.call(&format!("sfn:{operation}"), parameters).await {
                // Its name is not in AWS's model.
                Err(AwsError { cause, .. }) if cause.starts_with("Rate exceeded") => {}
                called => return called.map_err(|error| self.refusal(operation, error)),
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        let called = self.aws.call(&format!("sfn:{operation}"), parameters).await;
        called.map_err(|error| self.refusal(operation, error))
    }

    fn refusal(&self, operation: &str, AwsError { error, cause }: AwsError) -> CommandError {
        let place = &self.place;
        if error.ends_with(".SdkClientException") {
            let message = format!("{place} does not answer {operation}: {cause}");
            return CommandError::unavailable(message);
        }
        let message = format!("{place} refused {operation}: {error}: {cause}");
        CommandError { remedy: Remedy::Refused, message, reason: Some(error) }
    }
}

fn machine(described: &Value) -> Machine {
    let configuration =
        |name: &str| described.get(name).map(|value| uncapitalised(value).to_string());
    Machine {
        id: text(described, "Name"),
        name: text(described, "Name"),
        definition: text(described, "Definition"),
        role_arn: text(described, "RoleArn"),
        r#type: match text(described, "Type").as_str() {
            "EXPRESS" => StateMachineType::Express,
            _ => StateMachineType::Standard,
        },
        logging: configuration("LoggingConfiguration"),
        tracing: configuration("TracingConfiguration"),
        encryption: configuration("EncryptionConfiguration"),
        tags: None,
    }
}

/// What stands behind a machine's name in an ARN.
fn qualifier(item: &Value, member: &str) -> String {
    text(item, member).rsplit(':').next().unwrap_or_default().to_owned()
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
