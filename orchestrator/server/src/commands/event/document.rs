//! An event as AWS's `GetExecutionHistory` writes it, with payloads as JSON text.

use std::collections::BTreeMap;

use everstep_proto::v1::history_event::Details;
use everstep_proto::v1::{HistoryEvent, StateExitedEventDetails};
use serde_json::{Map, Value, json};

use crate::output;

pub(crate) fn document(event: &HistoryEvent) -> Value {
    let mut document = Map::new();
    document.insert("id".to_owned(), event.id.into());
    document.insert("previousEventId".to_owned(), event.previous_event_id.into());
    document.insert("timestamp".to_owned(), output::iso(event.timestamp).into());
    document.insert("type".to_owned(), event.r#type.clone().into());
    if let Some(details) = &event.details {
        document.insert(field(&event.r#type, details), present(of(details)));
    }
    Value::Object(document)
}

/// `activityFailedEventDetails`, `stateEnteredEventDetails`, …
fn field(kind: &str, details: &Details) -> String {
    let stem = if matches!(details, Details::StateEntered(_)) {
        "StateEntered"
    } else if matches!(details, Details::StateExited(_)) {
        "StateExited"
    } else {
        kind
    };
    let (first, rest) = stem.split_at(stem.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}EventDetails", first.to_lowercase())
}

fn exited(details: &StateExitedEventDetails) -> Value {
    let mut document = json!({ "name": details.name, "output": details.output });
    if !details.assigned_variables.is_empty() {
        let sorted: BTreeMap<_, _> = details.assigned_variables.iter().collect();
        document["assignedVariables"] = json!(sorted);
    }
    document
}

fn of(details: &Details) -> Value {
    match details {
        Details::ExecutionStarted(d) => {
            let mut started = json!({ "input": d.input, "roleArn": d.role_arn, "stateMachineArn": d.state_machine_arn });
            for (field, arn) in [
                ("stateMachineVersionArn", &d.state_machine_version_arn),
                ("stateMachineAliasArn", &d.state_machine_alias_arn),
            ] {
                if !arn.is_empty() {
                    started[field] = json!(arn);
                }
            }
            started
        }
        Details::ExecutionSucceeded(d) => json!({ "output": d.output }),
        Details::ExecutionRedriven(d) => json!({ "redriveCount": d.redrive_count }),
        Details::Failure(d) => json!({ "error": d.error, "cause": d.cause }),
        Details::StateEntered(d) => json!({ "name": d.name, "input": d.input }),
        Details::StateExited(d) => exited(d),
        Details::ActivityScheduled(d) => json!({
            "resource": d.resource, "input": d.input,
            "timeoutInSeconds": d.timeout_in_seconds, "heartbeatInSeconds": d.heartbeat_in_seconds,
        }),
        Details::ActivityStarted(d) => json!({ "workerName": d.worker_name }),
        Details::Output(d) => json!({ "output": d.output }),
        Details::LambdaFunctionScheduled(d) => json!({
            "resource": d.resource, "input": d.input, "timeoutInSeconds": d.timeout_in_seconds,
            "taskCredentials": d.credentials_role_arn.as_ref().map(|role| json!({ "roleArn": role })),
        }),
        Details::TaskScheduled(d) => json!({
            "resourceType": d.resource_type, "resource": d.resource, "region": d.region,
            "parameters": d.parameters,
            "timeoutInSeconds": d.timeout_in_seconds, "heartbeatInSeconds": d.heartbeat_in_seconds,
            "taskCredentials": d.credentials_role_arn.as_ref().map(|role| json!({ "roleArn": role })),
        }),
        Details::TaskStarted(d) => {
            json!({ "resourceType": d.resource_type, "resource": d.resource })
        }
        Details::TaskSubmitted(d) => json!({
            "resourceType": d.resource_type, "resource": d.resource, "output": d.output,
        }),
        Details::TaskSucceeded(d) => json!({
            "resourceType": d.resource_type, "resource": d.resource, "output": d.output,
        }),
        Details::TaskFailure(d) => json!({
            "resourceType": d.resource_type, "resource": d.resource, "error": d.error, "cause": d.cause,
        }),
        Details::EvaluationFailed(d) => json!({
            "state": d.state, "error": d.error, "cause": d.cause, "location": d.location,
        }),
        Details::MapStateStarted(d) => json!({ "length": d.length }),
        Details::MapRunStarted(d) => json!({ "mapRunArn": d.map_run_arn }),
        Details::MapRunRedriven(d) => {
            json!({ "mapRunArn": d.map_run_arn, "redriveCount": d.redrive_count })
        }
        Details::MapIteration(d) => json!({ "name": d.name, "index": d.index }),
    }
}

/// Without the fields that are absent.
fn present(mut details: Value) -> Value {
    if let Value::Object(fields) = &mut details {
        fields.retain(|_, value| !value.is_null());
    }
    details
}
