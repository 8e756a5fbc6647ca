//! The public history: AWS's event types, ids and details, as a projection of events.

mod details;
mod name;

use std::sync::Arc;

use asl::{Assignment, Payload};
use chrono::{DateTime, Utc};

use crate::event::{Event, EventKind, Failure, StartedBy};
use crate::id::PublicId;

/// An event as AWS's history shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicEvent {
    pub id: PublicId,
    pub previous_id: PublicId,
    pub at: DateTime<Utc>,
    /// AWS's name, such as `TaskStateEntered`.
    pub event_type: &'static str,
    pub details: Details,
}

/// AWS's detail fields. An event's type says which object of details they stand in.
#[derive(Debug, Clone, PartialEq)]
pub enum Details {
    /// Such as `ParallelStateStarted`.
    None,
    ExecutionStarted {
        input: Payload,
        role_arn: String,
        machine_arn: String,
        started_by: StartedBy,
    },
    ExecutionSucceeded {
        output: Payload,
    },
    ExecutionRedriven {
        redrive_count: u64,
    },
    /// `ExecutionFailed`, `ExecutionAborted`, `ExecutionTimedOut`, `MapRunFailed`, `ActivityFailed`, `ActivityTimedOut`, `LambdaFunctionFailed`, `LambdaFunctionTimedOut`.
    Failure(Failure),
    StateEntered {
        name: Arc<str>,
        input: Payload,
    },
    StateExited {
        name: Arc<str>,
        output: Payload,
        assigned: Vec<Assignment>,
    },
    EvaluationFailed {
        state: Arc<str>,
        failure: Failure,
        /// The field of the state, such as `Output/result`.
        location: Option<String>,
    },
    ActivityScheduled {
        resource: Arc<str>,
        input: Payload,
        timeout_seconds: Option<u64>,
        heartbeat_seconds: Option<u64>,
    },
    ActivityStarted {
        worker_name: Option<Arc<str>>,
    },
    /// `ActivitySucceeded`, `LambdaFunctionSucceeded`.
    Output {
        output: Payload,
    },
    LambdaFunctionScheduled {
        resource: Arc<str>,
        input: Payload,
        timeout_seconds: Option<u64>,
        credentials_role: Option<Arc<str>>,
    },
    TaskScheduled(Box<TaskScheduledDetails>),
    TaskStarted {
        resource_type: Arc<str>,
        resource: Arc<str>,
    },
    TaskSubmitted {
        resource_type: Arc<str>,
        resource: Arc<str>,
        output: Payload,
    },
    TaskSucceeded {
        resource_type: Arc<str>,
        resource: Arc<str>,
        output: Payload,
    },
    /// `TaskFailed`, `TaskTimedOut`.
    TaskFailure {
        resource_type: Arc<str>,
        resource: Arc<str>,
        failure: Failure,
    },
    MapStateStarted {
        length: u64,
    },
    MapRunStarted {
        map_run_arn: Arc<str>,
    },
    MapRunRedriven {
        map_run_arn: Arc<str>,
        redrive_count: u64,
    },
    MapIteration {
        name: Arc<str>,
        index: u64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct TaskScheduledDetails {
    pub resource_type: Arc<str>,
    pub resource: Arc<str>,
    pub region: Arc<str>,
    pub parameters: Payload,
    pub timeout_seconds: Option<u64>,
    pub heartbeat_seconds: Option<u64>,
    /// `RoleArn` of `Credentials`.
    pub credentials_role: Option<Arc<str>>,
}

/// The public events of one row, whose first public event has the id `first`. Reads nothing but the row.
pub fn project(first: PublicId, at: DateTime<Utc>, events: &[Event]) -> Vec<PublicEvent> {
    let shown = events.iter().filter_map(|event| Some((event, name::of(&event.kind)?)));
    let ids = (first.0..).map(PublicId);
    ids.zip(shown)
        .map(|(id, (event, event_type))| PublicEvent {
            id,
            previous_id: event.previous,
            at,
            event_type,
            details: details::of(event),
        })
        .collect()
}

impl EventKind {
    /// Whether AWS's history shows it.
    pub fn is_public(&self) -> bool {
        name::of(self).is_some()
    }
}
