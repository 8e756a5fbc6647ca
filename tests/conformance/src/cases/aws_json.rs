//! The public history in the shape of AWS's `GetExecutionHistory`.

use asl::{Assignment, Payload};
use execution::event::Failure;
use execution::history::{Details, PublicEvent, TaskScheduledDetails};
use serde_json::{Map, Value, json};

pub(super) fn history(events: &[PublicEvent]) -> Vec<Value> {
    events.iter().map(event).collect()
}

fn event(event: &PublicEvent) -> Value {
    let mut json = Map::new();
    if let Some((name, details)) = details(event) {
        json.insert(name, details);
    }
    json.insert("id".to_owned(), event.id.0.into());
    json.insert("previousEventId".to_owned(), event.previous_id.0.into());
    json.insert("type".to_owned(), event.event_type.into());
    Value::Object(json)
}

fn details(event: &PublicEvent) -> Option<(String, Value)> {
    let details = match &event.details {
        // Seen on AWS: the abort and the start of a Lambda function have no object at all.
        Details::None => return None,
        Details::ExecutionStarted { input, role_arn, .. } => {
            json!({ "input": input.text(), "inputDetails": included(), "roleArn": role_arn })
        }
        Details::ExecutionSucceeded { output } | Details::Output { output } => {
            json!({ "output": output.text(), "outputDetails": included() })
        }
        Details::ExecutionRedriven { redrive_count } => json!({ "redriveCount": redrive_count }),
        Details::Failure(failed) => Value::Object(failure(failed)),
        Details::StateEntered { name, input } => {
            let entered =
                json!({ "input": input.text(), "inputDetails": included(), "name": &**name });
            return Some(("stateEnteredEventDetails".to_owned(), entered));
        }
        Details::StateExited { name, output, assigned } => {
            return Some(("stateExitedEventDetails".to_owned(), exited(name, output, assigned)));
        }
        Details::ActivityScheduled { resource, input, timeout_seconds, heartbeat_seconds } => {
            limits(
                json!({ "input": input.text(), "inputDetails": included(), "resource": &**resource }),
                (*timeout_seconds, *heartbeat_seconds),
            )
        }
        Details::ActivityStarted { worker_name } => {
            worker_name.as_ref().map_or_else(|| json!({}), |name| json!({ "workerName": &**name }))
        }
        Details::LambdaFunctionScheduled { resource, input, timeout_seconds, credentials_role } => {
            let details = json!({ "input": input.text(), "inputDetails": included(), "resource": &**resource });
            limits(with_credentials(details, credentials_role.as_deref()), (*timeout_seconds, None))
        }
        Details::TaskScheduled(task) => task_scheduled(task),
        Details::TaskStarted { resource_type, resource } => {
            json!({ "resourceType": &**resource_type, "resource": &**resource })
        }
        Details::TaskSubmitted { resource_type, resource, output }
        | Details::TaskSucceeded { resource_type, resource, output } => json!({
            "resourceType": &**resource_type,
            "resource": &**resource,
            "output": output.text(),
            "outputDetails": included(),
        }),
        Details::TaskFailure { resource_type, resource, failure: failed } => {
            let mut details = failure(failed);
            details.insert("resourceType".to_owned(), (&**resource_type).into());
            details.insert("resource".to_owned(), (&**resource).into());
            Value::Object(details)
        }
        Details::EvaluationFailed { state, failure: failed, location } => {
            let mut details = failure(failed);
            details.insert("state".to_owned(), (&**state).into());
            if let Some(location) = location {
                details.insert("location".to_owned(), location.as_str().into());
            }
            Value::Object(details)
        }
        Details::MapStateStarted { length } => json!({ "length": length }),
        Details::MapRunRedriven { map_run_arn, redrive_count } => {
            json!({ "mapRunArn": &**map_run_arn, "redriveCount": redrive_count })
        }
        Details::MapRunStarted { map_run_arn } => json!({ "mapRunArn": &**map_run_arn }),
        Details::MapIteration { name, index } => json!({ "name": &**name, "index": index }),
    };
    let mut name = event.event_type.to_owned();
    name[..1].make_ascii_lowercase();
    Some((name + "EventDetails", details))
}

fn included() -> Value {
    json!({ "truncated": false })
}

fn exited(name: &str, output: &Payload, assigned: &[Assignment]) -> Value {
    let mut json = json!({ "name": name, "output": output.text(), "outputDetails": included() });
    if !assigned.is_empty() {
        let variable = |it: &Assignment| (it.name.to_string(), it.value.text().into());
        json["assignedVariables"] = assigned.iter().map(variable).collect::<Map<_, _>>().into();
        json["assignedVariablesDetails"] = included();
    }
    json
}

fn task_scheduled(task: &TaskScheduledDetails) -> Value {
    let details = json!({
        "resourceType": &*task.resource_type,
        "resource": &*task.resource,
        "region": &*task.region,
        "parameters": task.parameters.text(),
    });
    let details = with_credentials(details, task.credentials_role.as_deref());
    limits(details, (task.timeout_seconds, task.heartbeat_seconds))
}

fn with_credentials(mut details: Value, role: Option<&str>) -> Value {
    if let Some(role) = role {
        details["taskCredentials"] = json!({ "roleArn": role });
    }
    details
}

fn failure(failure: &Failure) -> Map<String, Value> {
    let mut details = Map::new();
    if let Some(error) = &failure.error {
        details.insert("error".to_owned(), error.as_str().into());
    }
    if let Some(cause) = &failure.cause {
        details.insert("cause".to_owned(), cause.as_str().into());
    }
    details
}

fn limits(mut details: Value, (timeout, heartbeat): (Option<u64>, Option<u64>)) -> Value {
    if let Some(seconds) = timeout {
        details["timeoutInSeconds"] = seconds.into();
    }
    if let Some(seconds) = heartbeat {
        details["heartbeatInSeconds"] = seconds.into();
    }
    details
}
