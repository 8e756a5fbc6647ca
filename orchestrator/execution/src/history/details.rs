//! AWS's detail fields of each event.

use std::sync::Arc;

use asl::Payload;

use super::{Details, TaskScheduledDetails};
use crate::event::{Event, EventKind, Failure, MapRunStep, TaskFamily, TaskScheduled};

pub(super) fn of(event: &Event) -> Details {
    // Every kind that shows a document carries one.
    let payload = || event.payload.clone().unwrap_or_else(|| Payload::trusted("null"));
    match &event.kind {
        EventKind::ExecutionStarted(started) => Details::ExecutionStarted {
            input: payload(),
            role_arn: started.role_arn.clone(),
            machine_arn: started.machine_arn.clone(),
            started_by: started.started_by.clone(),
        },
        EventKind::ExecutionSucceeded => Details::ExecutionSucceeded { output: payload() },
        EventKind::ExecutionFailed(failure)
        | EventKind::ExecutionTimedOut(failure)
        | EventKind::ExecutionAborted(failure) => Details::Failure(failure.clone()),
        EventKind::ExecutionRedriven(redriven) => {
            Details::ExecutionRedriven { redrive_count: redriven.count }
        }
        EventKind::StateEntered { state, .. } => {
            Details::StateEntered { name: state.clone(), input: payload() }
        }
        EventKind::StateExited { state, assigned, .. } => Details::StateExited {
            name: state.clone(),
            output: payload(),
            assigned: assigned.clone(),
        },
        EventKind::EvaluationFailed { state, failure, location } => Details::EvaluationFailed {
            state: state.clone(),
            failure: failure.clone(),
            location: location.clone(),
        },
        EventKind::TaskScheduled(task) => scheduled(task, payload()),
        EventKind::TaskStarted { family, worker, .. } => started(family, worker.as_ref()),
        EventKind::TaskSubmitted { family, .. } => submitted(family, payload()),
        EventKind::TaskSucceeded { family, .. } => succeeded(family, payload()),
        EventKind::TaskFailed { failure, family, .. }
        | EventKind::TaskTimedOut { failure, family, .. } => ended(failure, family),
        EventKind::MapRunStarted(run) => Details::MapRunStarted { map_run_arn: run.arn.clone() },
        EventKind::MapRun { step: MapRunStep::Failed { failure }, .. } => {
            Details::Failure(failure.clone())
        }
        EventKind::MapRun { step: MapRunStep::Redriven { arn, count }, .. } => {
            Details::MapRunRedriven { map_run_arn: arn.clone(), redrive_count: *count }
        }
        EventKind::MapStarted { length, .. } | EventKind::MapItemsFound { length, .. } => {
            Details::MapStateStarted { length: *length }
        }
        EventKind::MapIterationStarted { state, index, .. }
        | EventKind::MapIterationSucceeded { state, index, .. }
        | EventKind::MapIterationFailed { state, index, .. }
        | EventKind::MapIterationAborted { state, index, .. } => {
            Details::MapIteration { name: state.clone(), index: *index }
        }
        EventKind::ParallelStarted { .. }
        | EventKind::ParallelSucceeded { .. }
        | EventKind::ParallelFailed { .. }
        | EventKind::MapSucceeded { .. }
        | EventKind::MapFailed { .. }
        | EventKind::MapRun { .. }
        | EventKind::MapIterationResumed { .. }
        | EventKind::StateAborted { .. }
        | EventKind::CallbackOpened
        | EventKind::TaskOfferedAgain { .. }
        | EventKind::RetryScheduled { .. }
        | EventKind::RetryDue { .. }
        | EventKind::TimerStarted { .. }
        | EventKind::TimerFired { .. }
        | EventKind::BranchClosed { .. }
        | EventKind::Quarantined { .. }
        | EventKind::Released => Details::None,
    }
}

fn scheduled(task: &TaskScheduled, payload: Payload) -> Details {
    let (timeout_seconds, heartbeat_seconds) = (task.timeout_seconds, task.heartbeat_seconds);
    let resource = task.resource.clone();
    match &task.family {
        TaskFamily::Activity => Details::ActivityScheduled {
            resource,
            input: payload,
            timeout_seconds,
            heartbeat_seconds,
        },
        TaskFamily::Lambda => Details::LambdaFunctionScheduled {
            resource,
            input: payload,
            timeout_seconds,
            credentials_role: task.credentials_role.clone(),
        },
        TaskFamily::Service { service, action } => {
            Details::TaskScheduled(Box::new(TaskScheduledDetails {
                resource_type: service.clone(),
                resource: action.clone(),
                region: task.region.clone(),
                parameters: payload,
                timeout_seconds,
                heartbeat_seconds,
                credentials_role: task.credentials_role.clone(),
            }))
        }
    }
}

fn started(family: &TaskFamily, worker: Option<&Arc<str>>) -> Details {
    match family {
        TaskFamily::Activity => Details::ActivityStarted { worker_name: worker.cloned() },
        TaskFamily::Lambda => Details::None,
        TaskFamily::Service { service, action } => {
            Details::TaskStarted { resource_type: service.clone(), resource: action.clone() }
        }
    }
}

/// Only calls of services are submitted.
fn submitted(family: &TaskFamily, output: Payload) -> Details {
    match family {
        TaskFamily::Activity | TaskFamily::Lambda => Details::None,
        TaskFamily::Service { service, action } => {
            let (resource_type, resource) = (service.clone(), action.clone());
            Details::TaskSubmitted { resource_type, resource, output }
        }
    }
}

fn succeeded(family: &TaskFamily, output: Payload) -> Details {
    match family {
        TaskFamily::Activity | TaskFamily::Lambda => Details::Output { output },
        TaskFamily::Service { service, action } => {
            let (resource_type, resource) = (service.clone(), action.clone());
            Details::TaskSucceeded { resource_type, resource, output }
        }
    }
}

fn ended(failure: &Failure, family: &TaskFamily) -> Details {
    match family {
        TaskFamily::Activity | TaskFamily::Lambda => Details::Failure(failure.clone()),
        TaskFamily::Service { service, action } => Details::TaskFailure {
            resource_type: service.clone(),
            resource: action.clone(),
            failure: failure.clone(),
        },
    }
}
