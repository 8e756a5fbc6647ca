//! The public history on the wire: each event of the projection as a message of `history.proto`.

use std::collections::HashMap;

use asl::{Assignment, Payload};
use everstep_proto::v1;
use everstep_proto::v1::history_event::Details as Wire;
use execution::event::Failure;
use execution::history::{Details, PublicEvent, TaskScheduledDetails};

use crate::timestamps::timestamp;

/// Whether inputs and outputs are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Data {
    Included,
    Excluded,
}

impl Data {
    fn text(self, payload: &Payload) -> String {
        match self {
            Self::Included => payload.text().to_owned(),
            Self::Excluded => String::new(),
        }
    }
}

pub(crate) fn history_event(event: PublicEvent, data: Data) -> v1::HistoryEvent {
    v1::HistoryEvent {
        id: event.id.0,
        previous_event_id: event.previous_id.0,
        timestamp: Some(timestamp(event.at)),
        r#type: event.event_type.to_owned(),
        details: details(event.details, data),
    }
}

/// The events after which nothing comes, unless a redrive does.
pub(crate) fn ends(event: &v1::HistoryEvent) -> Option<v1::ExecutionStatus> {
    match event.r#type.as_str() {
        "ExecutionSucceeded" => Some(v1::ExecutionStatus::Succeeded),
        "ExecutionFailed" => Some(v1::ExecutionStatus::Failed),
        "ExecutionTimedOut" => Some(v1::ExecutionStatus::TimedOut),
        "ExecutionAborted" => Some(v1::ExecutionStatus::Aborted),
        _ => None,
    }
}

fn details(details: Details, data: Data) -> Option<Wire> {
    Some(match details {
        Details::None => return None,
        Details::ExecutionStarted { input, role_arn, machine_arn, started_by } => {
            Wire::ExecutionStarted(v1::ExecutionStartedEventDetails {
                input: data.text(&input),
                role_arn,
                state_machine_arn: machine_arn,
                state_machine_version_arn: started_by.version_arn.unwrap_or_default(),
                state_machine_alias_arn: started_by.alias_arn.unwrap_or_default(),
            })
        }
        Details::ExecutionSucceeded { output } => {
            let output = data.text(&output);
            Wire::ExecutionSucceeded(v1::ExecutionSucceededEventDetails { output })
        }
        Details::ExecutionRedriven { redrive_count } => {
            Wire::ExecutionRedriven(v1::ExecutionRedrivenEventDetails { redrive_count })
        }
        Details::Failure(Failure { error, cause }) => {
            Wire::Failure(v1::FailureEventDetails { error, cause })
        }
        Details::StateEntered { name, input } => {
            let (name, input) = (name.to_string(), data.text(&input));
            Wire::StateEntered(v1::StateEnteredEventDetails { name, input })
        }
        Details::StateExited { name, output, assigned } => {
            Wire::StateExited(v1::StateExitedEventDetails {
                name: name.to_string(),
                output: data.text(&output),
                assigned_variables: assigned_variables(&assigned, data),
            })
        }
        Details::EvaluationFailed { state, failure: Failure { error, cause }, location } => {
            let state = state.to_string();
            Wire::EvaluationFailed(v1::EvaluationFailedEventDetails {
                state,
                error,
                cause,
                location,
            })
        }
        Details::MapStateStarted { length } => {
            Wire::MapStateStarted(v1::MapStateStartedEventDetails { length })
        }
        Details::MapRunStarted { map_run_arn } => {
            let map_run_arn = map_run_arn.to_string();
            Wire::MapRunStarted(v1::MapRunStartedEventDetails { map_run_arn })
        }
        Details::MapRunRedriven { map_run_arn, redrive_count } => {
            let map_run_arn = map_run_arn.to_string();
            Wire::MapRunRedriven(v1::MapRunRedrivenEventDetails { map_run_arn, redrive_count })
        }
        Details::MapIteration { name, index } => {
            let name = name.to_string();
            Wire::MapIteration(v1::MapIterationEventDetails { name, index })
        }
        Details::ActivityScheduled { .. }
        | Details::ActivityStarted { .. }
        | Details::Output { .. }
        | Details::LambdaFunctionScheduled { .. }
        | Details::TaskScheduled(_)
        | Details::TaskStarted { .. }
        | Details::TaskSubmitted { .. }
        | Details::TaskSucceeded { .. }
        | Details::TaskFailure { .. } => return task_details(details, data),
    })
}

/// Of activities, Lambda functions and service integrations.
fn task_details(details: Details, data: Data) -> Option<Wire> {
    Some(match details {
        Details::ActivityScheduled { resource, input, timeout_seconds, heartbeat_seconds } => {
            Wire::ActivityScheduled(v1::ActivityScheduledEventDetails {
                resource: resource.to_string(),
                input: data.text(&input),
                timeout_in_seconds: timeout_seconds,
                heartbeat_in_seconds: heartbeat_seconds,
            })
        }
        Details::ActivityStarted { worker_name } => {
            let worker_name = worker_name.map(|name| name.to_string());
            Wire::ActivityStarted(v1::ActivityStartedEventDetails { worker_name })
        }
        Details::Output { output } => {
            Wire::Output(v1::OutputEventDetails { output: data.text(&output) })
        }
        Details::LambdaFunctionScheduled { resource, input, timeout_seconds, credentials_role } => {
            Wire::LambdaFunctionScheduled(v1::LambdaFunctionScheduledEventDetails {
                resource: resource.to_string(),
                input: data.text(&input),
                timeout_in_seconds: timeout_seconds,
                credentials_role_arn: credentials_role.as_deref().map(str::to_owned),
            })
        }
        Details::TaskScheduled(scheduled) => Wire::TaskScheduled(task_scheduled(&scheduled, data)),
        Details::TaskStarted { resource_type, resource } => {
            Wire::TaskStarted(v1::TaskStartedEventDetails {
                resource_type: resource_type.to_string(),
                resource: resource.to_string(),
            })
        }
        Details::TaskSubmitted { resource_type, resource, output } => {
            Wire::TaskSubmitted(v1::TaskSubmittedEventDetails {
                resource_type: resource_type.to_string(),
                resource: resource.to_string(),
                output: data.text(&output),
            })
        }
        Details::TaskSucceeded { resource_type, resource, output } => {
            Wire::TaskSucceeded(v1::TaskSucceededEventDetails {
                resource_type: resource_type.to_string(),
                resource: resource.to_string(),
                output: data.text(&output),
            })
        }
        Details::TaskFailure { resource_type, resource, failure } => {
            Wire::TaskFailure(v1::TaskFailureEventDetails {
                resource_type: resource_type.to_string(),
                resource: resource.to_string(),
                error: failure.error,
                cause: failure.cause,
            })
        }
        Details::None
        | Details::ExecutionStarted { .. }
        | Details::ExecutionSucceeded { .. }
        | Details::ExecutionRedriven { .. }
        | Details::Failure(_)
        | Details::StateEntered { .. }
        | Details::StateExited { .. }
        | Details::EvaluationFailed { .. }
        | Details::MapStateStarted { .. }
        | Details::MapRunStarted { .. }
        | Details::MapRunRedriven { .. }
        | Details::MapIteration { .. } => return None,
    })
}

fn assigned_variables(assigned: &[Assignment], data: Data) -> HashMap<String, String> {
    match data {
        Data::Included => {
            assigned.iter().map(|it| (it.name.to_string(), it.value.text().to_owned())).collect()
        }
        Data::Excluded => HashMap::new(),
    }
}

fn task_scheduled(scheduled: &TaskScheduledDetails, data: Data) -> v1::TaskScheduledEventDetails {
    v1::TaskScheduledEventDetails {
        resource_type: scheduled.resource_type.to_string(),
        resource: scheduled.resource.to_string(),
        region: scheduled.region.to_string(),
        parameters: data.text(&scheduled.parameters),
        timeout_in_seconds: scheduled.timeout_seconds,
        heartbeat_in_seconds: scheduled.heartbeat_seconds,
        credentials_role_arn: scheduled.credentials_role.as_deref().map(str::to_owned),
    }
}
