//! How format 1 spells each kind of event. Nothing here is ever renamed or removed; a new field is optional.

mod map_run;

use std::borrow::Cow;

pub(super) use map_run::{BatchLimits, ChildStatus, MapRunLimits, MapRunStarted, MapRunStep};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::ExecutionId;

type Text<'a> = Cow<'a, str>;

/// Instants are microseconds since 1970: what PostgreSQL keeps.
type Micros = i64;

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Kind<'a> {
    #[serde(borrow)]
    ExecutionStarted(Box<ExecutionStarted<'a>>),
    ExecutionSucceeded,
    #[serde(borrow)]
    ExecutionFailed(Failure<'a>),
    #[serde(borrow)]
    ExecutionTimedOut(Failure<'a>),
    #[serde(borrow)]
    ExecutionAborted(Failure<'a>),
    #[serde(borrow)]
    ExecutionRedriven(ExecutionRedriven<'a>),
    StateEntered {
        #[serde(borrow)]
        state: Text<'a>,
        #[serde(rename = "type")]
        state_type: StateType,
    },
    StateExited {
        #[serde(borrow)]
        state: Text<'a>,
        #[serde(rename = "type")]
        state_type: StateType,
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        next: Option<Text<'a>>,
        /// Names, and which of the row's payloads each has.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        assigned: Vec<(Text<'a>, usize)>,
    },
    StateAborted {
        #[serde(borrow)]
        state: Text<'a>,
        #[serde(rename = "type")]
        state_type: StateType,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait: Option<u64>,
    },
    CallbackOpened,
    #[serde(borrow)]
    TaskScheduled(Box<TaskScheduled<'a>>),
    TaskStarted {
        wait: u64,
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        worker: Option<Text<'a>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Micros>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        heartbeat: Option<u64>,
        #[serde(default, skip_serializing_if = "is_false")]
        again: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        silent: bool,
        #[serde(borrow)]
        family: Family<'a>,
    },
    TaskSubmitted {
        wait: u64,
        #[serde(borrow)]
        family: Family<'a>,
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        child: Option<StartedChild<'a>>,
    },
    TaskSucceeded {
        wait: u64,
        #[serde(borrow)]
        family: Family<'a>,
    },
    TaskFailed {
        wait: u64,
        #[serde(borrow)]
        failure: Failure<'a>,
        #[serde(borrow)]
        family: Family<'a>,
    },
    TaskTimedOut {
        wait: u64,
        #[serde(borrow)]
        failure: Failure<'a>,
        #[serde(borrow)]
        family: Family<'a>,
        limit: TimeLimit,
    },
    TaskOfferedAgain {
        wait: u64,
        reason: OfferedAgain,
    },
    RetryScheduled {
        #[serde(borrow)]
        state: Text<'a>,
        retrier: u32,
        count: u32,
        until: Micros,
        #[serde(borrow)]
        failure: Failure<'a>,
    },
    RetryDue {
        wait: u64,
    },
    TimerStarted {
        #[serde(borrow)]
        state: Text<'a>,
        until: Micros,
    },
    TimerFired {
        wait: u64,
    },
    ParallelStarted {
        #[serde(borrow)]
        state: Text<'a>,
        first: u64,
        #[serde(borrow)]
        starts: Vec<Text<'a>>,
    },
    ParallelSucceeded {
        #[serde(borrow)]
        state: Text<'a>,
    },
    ParallelFailed {
        #[serde(borrow)]
        state: Text<'a>,
    },
    MapStarted {
        #[serde(borrow)]
        state: Text<'a>,
        #[serde(borrow)]
        start: Text<'a>,
        length: u64,
        #[serde(default, skip_serializing_if = "is_zero")]
        max_concurrency: u64,
        #[serde(default, skip_serializing_if = "is_zero")]
        tolerated_failures: u64,
    },
    MapSucceeded {
        #[serde(borrow)]
        state: Text<'a>,
    },
    MapFailed {
        #[serde(borrow)]
        state: Text<'a>,
    },
    #[serde(borrow)]
    MapIterationStarted(Iteration<'a>),
    #[serde(borrow)]
    MapIterationSucceeded(Iteration<'a>),
    #[serde(borrow)]
    MapIterationFailed(Iteration<'a>),
    #[serde(borrow)]
    MapIterationAborted(Iteration<'a>),
    MapIterationResumed {
        index: u64,
        child: u64,
    },
    MapItemsFound {
        #[serde(borrow)]
        state: Text<'a>,
        length: u64,
    },
    #[serde(borrow)]
    MapRunStarted(Box<MapRunStarted<'a>>),
    MapRun {
        wait: u64,
        #[serde(borrow)]
        step: MapRunStep<'a>,
    },
    EvaluationFailed {
        #[serde(borrow)]
        state: Text<'a>,
        #[serde(borrow)]
        failure: Failure<'a>,
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        location: Option<Text<'a>>,
    },
    BranchClosed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait: Option<u64>,
    },
    Quarantined {
        #[serde(borrow)]
        reason: Text<'a>,
    },
    Released,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExecutionStarted<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) execution_arn: Text<'a>,
    #[serde(borrow)]
    pub(super) machine_arn: Text<'a>,
    #[serde(borrow)]
    pub(super) machine_name: Text<'a>,
    #[serde(borrow)]
    pub(super) role_arn: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deadline: Option<Micros>,
    #[serde(borrow)]
    pub(super) start_at: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) default_task_timeout: Option<u64>,
    pub(super) payload_bytes_max: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) history_events_max: Option<u64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<Parent<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) express: Option<Keeps>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) version_arn: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) alias_arn: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) trace_header: Option<Text<'a>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Keeps {
    Nothing,
    Failures,
    Everything,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExecutionRedriven<'a> {
    pub(super) count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deadline: Option<Micros>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) client_token: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) afresh: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Parent<'a> {
    pub(super) execution: Id,
    #[serde(borrow)]
    pub(super) arn: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StartedChild<'a> {
    pub(super) id: Id,
    #[serde(borrow)]
    pub(super) arn: Text<'a>,
    pub(super) started: Micros,
}

/// An execution's id, spelled as everywhere.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "&str", into = "String")]
pub(super) struct Id(pub(super) ExecutionId);

impl TryFrom<&str> for Id {
    type Error = uuid::Error;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Uuid::try_parse(text).map(|id| Self(ExecutionId(id)))
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0.to_string()
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TaskScheduled<'a> {
    #[serde(borrow)]
    pub(super) state: Text<'a>,
    #[serde(borrow)]
    pub(super) queue: Text<'a>,
    #[serde(borrow)]
    pub(super) family: Family<'a>,
    #[serde(borrow)]
    pub(super) resource: Text<'a>,
    #[serde(borrow)]
    pub(super) region: Text<'a>,
    pub(super) attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) timeout: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) heartbeat: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) callback: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) child: Option<Id>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) credentials_role: Option<Text<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Iteration<'a> {
    #[serde(borrow)]
    pub(super) state: Text<'a>,
    pub(super) index: u64,
    pub(super) child: u64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Failure<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<Text<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Family<'a> {
    Activity,
    Lambda,
    Service {
        #[serde(borrow)]
        service: Text<'a>,
        #[serde(borrow)]
        action: Text<'a>,
    },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum StateType {
    Task,
    Choice,
    Wait,
    Pass,
    Succeed,
    Fail,
    Parallel,
    Map,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum TimeLimit {
    Timeout,
    Heartbeat,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum OfferedAgain {
    Unacknowledged,
    GivenBack,
    SessionBroken,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
