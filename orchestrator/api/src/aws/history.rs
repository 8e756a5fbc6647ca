//! An event of the public history in AWS's members: its details stand under its own name, those of states under their kind's.

use everstep_proto::v1;
use everstep_proto::v1::history_event::Details;
use serde_json::{Map, Value, json};

use super::fields::Fields;

/// `included`: whether inputs and outputs are shown.
pub(super) fn event(event: v1::HistoryEvent, included: bool) -> Value {
    let name = details_name(&event.r#type, event.details.as_ref());
    Fields::new()
        .with_time("timestamp", event.timestamp.as_ref())
        .with("type", event.r#type)
        .with("id", event.id)
        .with("previousEventId", event.previous_event_id)
        .with_some(&name, event.details.map(|it| details(it, Data { included })))
        .done()
}

fn details_name(event_type: &str, details: Option<&Details>) -> String {
    match details {
        Some(Details::StateEntered(_)) => "stateEnteredEventDetails".to_owned(),
        Some(Details::StateExited(_)) => "stateExitedEventDetails".to_owned(),
        Some(_) | None => {
            let mut name = event_type.to_owned();
            name[..1].make_ascii_lowercase();
            name + "EventDetails"
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Data {
    included: bool,
}

impl Data {
    /// A payload and what AWS says of it: never truncated.
    fn put(self, fields: Fields, name: &str, payload: String) -> Fields {
        fields
            .with_some(name, Some(payload).filter(|_| self.included))
            .with(&format!("{name}Details"), json!({ "truncated": false }))
    }

    fn input(self, payload: String) -> Fields {
        self.put(Fields::new(), "input", payload)
    }

    fn output(self, payload: String) -> Fields {
        self.put(Fields::new(), "output", payload)
    }
}

fn details(details: Details, data: Data) -> Value {
    let fields = match details {
        Details::ExecutionStarted(it) => data
            .input(it.input)
            .with("roleArn", it.role_arn)
            .with_text("stateMachineVersionArn", it.state_machine_version_arn)
            .with_text("stateMachineAliasArn", it.state_machine_alias_arn),
        Details::ExecutionSucceeded(it) => data.output(it.output),
        Details::Failure(it) => failed(it.error, it.cause),
        Details::StateEntered(it) => data.input(it.input).with("name", it.name),
        Details::StateExited(it) => exited(it, data),
        Details::EvaluationFailed(it) => {
            failed(it.error, it.cause).with_some("location", it.location).with("state", it.state)
        }
        Details::MapStateStarted(it) => Fields::new().with("length", it.length),
        Details::MapIteration(it) => Fields::new().with("name", it.name).with("index", it.index),
        Details::MapRunStarted(it) => Fields::new().with("mapRunArn", it.map_run_arn),
        Details::MapRunRedriven(it) => {
            Fields::new().with("mapRunArn", it.map_run_arn).with("redriveCount", it.redrive_count)
        }
        Details::ExecutionRedriven(it) => Fields::new().with("redriveCount", it.redrive_count),
        task @ (Details::ActivityScheduled(_)
        | Details::ActivityStarted(_)
        | Details::Output(_)
        | Details::LambdaFunctionScheduled(_)
        | Details::TaskScheduled(_)
        | Details::TaskStarted(_)
        | Details::TaskSubmitted(_)
        | Details::TaskSucceeded(_)
        | Details::TaskFailure(_)) => return task_details(task, data),
    };
    fields.done()
}

/// Of activities, Lambda functions and service integrations.
fn task_details(details: Details, data: Data) -> Value {
    let of = |fields: Fields, resource_type: String, resource: String| {
        fields.with("resourceType", resource_type).with("resource", resource)
    };
    let fields = match details {
        Details::ActivityScheduled(it) => data
            .input(it.input)
            .with("resource", it.resource)
            .with_some("timeoutInSeconds", it.timeout_in_seconds)
            .with_some("heartbeatInSeconds", it.heartbeat_in_seconds),
        Details::ActivityStarted(it) => Fields::new().with_some("workerName", it.worker_name),
        Details::Output(it) => data.output(it.output),
        Details::LambdaFunctionScheduled(it) => data
            .input(it.input)
            .with("resource", it.resource)
            .with_some("timeoutInSeconds", it.timeout_in_seconds)
            .with_some("taskCredentials", credentials(it.credentials_role_arn)),
        Details::TaskScheduled(it) => scheduled(it, data),
        Details::TaskStarted(it) => of(Fields::new(), it.resource_type, it.resource),
        Details::TaskSubmitted(it) => of(data.output(it.output), it.resource_type, it.resource),
        Details::TaskSucceeded(it) => of(data.output(it.output), it.resource_type, it.resource),
        Details::TaskFailure(it) => of(failed(it.error, it.cause), it.resource_type, it.resource),
        Details::ExecutionStarted(_)
        | Details::ExecutionSucceeded(_)
        | Details::Failure(_)
        | Details::StateEntered(_)
        | Details::StateExited(_)
        | Details::EvaluationFailed(_)
        | Details::MapStateStarted(_)
        | Details::MapIteration(_)
        | Details::MapRunStarted(_)
        | Details::MapRunRedriven(_)
        | Details::ExecutionRedriven(_) => unreachable!("these are no task's"),
    };
    fields.done()
}

fn failed(error: Option<String>, cause: Option<String>) -> Fields {
    Fields::new().with_some("error", error).with_some("cause", cause)
}

fn exited(it: v1::StateExitedEventDetails, data: Data) -> Fields {
    let fields = data.output(it.output).with("name", it.name);
    if it.assigned_variables.is_empty() {
        return fields;
    }
    let mut variables: Vec<_> = it.assigned_variables.into_iter().collect();
    variables.sort();
    let variables: Map<_, _> =
        variables.into_iter().map(|(name, value)| (name, value.into())).collect();
    fields
        .with("assignedVariables", variables)
        .with("assignedVariablesDetails", json!({ "truncated": false }))
}

fn scheduled(it: v1::TaskScheduledEventDetails, data: Data) -> Fields {
    // `parameters` is a required member: without data it is there and empty.
    let parameters = if data.included { it.parameters } else { String::new() };
    Fields::new()
        .with("resourceType", it.resource_type)
        .with("resource", it.resource)
        .with("region", it.region)
        .with("parameters", parameters)
        .with_some("timeoutInSeconds", it.timeout_in_seconds)
        .with_some("heartbeatInSeconds", it.heartbeat_in_seconds)
        .with_some("taskCredentials", credentials(it.credentials_role_arn))
}

fn credentials(role: Option<String>) -> Option<Value> {
    role.map(|role| json!({ "roleArn": role }))
}
