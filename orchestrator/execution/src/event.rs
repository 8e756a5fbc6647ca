//! The facts an execution consists of. One list, read three times: `apply` folds it, `store` writes it,
//! `engine` acts on it after the commit. All three match on [`EventKind`] without a wildcard.
//!
//! A *public* event is one that AWS's history shows; the others are Everstep's own.

mod map_run;

use std::sync::Arc;

use asl::{Assignment, Payload};
use chrono::{DateTime, Utc};

use crate::express::Keeps;
use crate::id::{BranchId, ExecutionId, PublicId, WaitId};

pub use map_run::{BatchLimits, ChildStatus, MapRunLimits, MapRunStarted, MapRunStep};

/// Events of one row share the row's time; `payload` is the one document the event carries (its input, parameters or output).
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub branch: BranchId,
    /// AWS's `previousEventId`. Of internal events only `RetryScheduled` has one: what the next attempt follows.
    pub previous: PublicId,
    pub payload: Option<Payload>,
    pub kind: EventKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// Payload: the caller's input.
    ExecutionStarted(Box<ExecutionStarted>),
    /// Payload: the output.
    ExecutionSucceeded,
    ExecutionFailed(Failure),
    ExecutionTimedOut(Failure),
    ExecutionAborted(Failure),
    /// Opens what had ended without success: every state that was entered and not left begins again.
    ExecutionRedriven(Box<ExecutionRedriven>),

    /// Payload: the state's input as it arrived, before `InputPath`.
    StateEntered {
        state: Arc<str>,
        state_type: StateType,
    },
    /// Payload: the state's output. `next` absent: the branch ends. `assigned`: what its `Assign` gave the branch's variables.
    StateExited {
        state: Arc<str>,
        state_type: StateType,
        next: Option<Arc<str>>,
        assigned: Vec<Assignment>,
    },

    /// Internal. Begins a wait: the one that the task token names which the next event's parameters hold. It ends with the task.
    CallbackOpened,
    /// Payload: what the worker gets. Begins a wait; `attempt` counts from 1.
    TaskScheduled(Arc<TaskScheduled>),
    /// The task was handed to a worker. `deadline`: when the attempt times out.
    TaskStarted {
        wait: WaitId,
        worker: Option<Arc<str>>,
        deadline: Option<DateTime<Utc>>,
        heartbeat_seconds: Option<u64>,
        /// A later hand-out of the same attempt: not in AWS's history.
        again: bool,
        /// The worker can't tell that it holds the task: after a recovery the attempt's limits alone decide.
        is_silent: bool,
        family: TaskFamily,
    },
    /// Payload: the answer to the call. Of a task with a callback it ends `wait`, and the callback's goes on; else `wait` goes on.
    TaskSubmitted {
        wait: WaitId,
        family: TaskFamily,
        /// The child that the call has started.
        child: Option<Box<StartedChild>>,
    },
    /// Payload: the worker's result. Ends the wait, as the next two do, and with it the task's callback.
    TaskSucceeded {
        wait: WaitId,
        family: TaskFamily,
    },
    TaskFailed {
        wait: WaitId,
        failure: Failure,
        family: TaskFamily,
    },
    TaskTimedOut {
        wait: WaitId,
        failure: Failure,
        family: TaskFamily,
        limit: TimeLimit,
    },
    /// Internal: the hand-out was not acknowledged or was given back. Ends `wait`, begins a fresh one for the same attempt.
    TaskOfferedAgain {
        wait: WaitId,
        reason: OfferedAgain,
    },

    /// Internal. Begins a wait: the state `state` runs again at `until`, by its retrier number `retrier` for the `count`th time.
    RetryScheduled {
        state: Arc<str>,
        retrier: u32,
        count: u32,
        until: DateTime<Utc>,
        failure: Failure,
    },
    /// Internal: ends a retry's wait.
    RetryDue {
        wait: WaitId,
    },

    /// Internal. Begins a Wait state's wait.
    TimerStarted {
        state: Arc<str>,
        until: DateTime<Utc>,
    },
    /// Internal: ends it.
    TimerFired {
        wait: WaitId,
    },

    /// Payload: the input of every branch. Branches `first .. first + count` come to be, each to enter its own `StartAt`.
    ParallelStarted {
        state: Arc<str>,
        first: BranchId,
        starts: Arc<[Arc<str>]>,
    },
    ParallelSucceeded {
        state: Arc<str>,
    },
    ParallelFailed {
        state: Arc<str>,
    },

    /// Payload: the array of items. `start`: the processor's `StartAt`. `max_concurrency` 0: no limit.
    MapStarted {
        state: Arc<str>,
        start: Arc<str>,
        length: u64,
        max_concurrency: u64,
        tolerated_failures: u64,
    },
    MapSucceeded {
        state: Arc<str>,
    },
    MapFailed {
        state: Arc<str>,
    },
    /// Payload: the iteration's input. The event's branch is the Map's; `child` comes to be.
    MapIterationStarted {
        state: Arc<str>,
        index: u64,
        child: BranchId,
    },
    MapIterationSucceeded {
        state: Arc<str>,
        index: u64,
        child: BranchId,
    },
    /// Payload: the error output that stands in the item's place, where the Map tolerates the failure.
    MapIterationFailed {
        state: Arc<str>,
        index: u64,
        child: BranchId,
    },
    MapIterationAborted {
        state: Arc<str>,
        index: u64,
        child: BranchId,
    },
    /// Internal: after a redrive the iteration goes on where it was cut short.
    MapIterationResumed {
        index: u64,
        child: BranchId,
    },

    /// Of a Distributed Map; AWS shows it as it does an inline Map's start. Payload: the array of items, unless an `ItemReader` will bring them.
    MapItemsFound {
        state: Arc<str>,
        length: u64,
    },
    /// Begins a wait, which the end of the run ends. Payload: `{"reader": …, "batch": …, "writer": …}`, as the fields' templates rendered; absent ones are left out.
    MapRunStarted(Arc<MapRunStarted>),
    MapRun {
        wait: WaitId,
        step: MapRunStep,
    },

    /// An expression of a JSONata state failed; `location` is its field, where one is at fault.
    EvaluationFailed {
        state: Arc<str>,
        failure: Failure,
        location: Option<String>,
    },

    /// The state was cut short by a failure in its own branch or a sibling's. Ends `wait`, where the state had one.
    StateAborted {
        state: Arc<str>,
        state_type: StateType,
        wait: Option<WaitId>,
    },
    /// Internal: the branch ended before its end, because of a failure, a stop or a timeout of the machine. Ends `wait`, where it had one.
    BranchClosed {
        wait: Option<WaitId>,
    },

    /// Internal: a bug or a poison input; nothing happens to the execution until an operator acts.
    Quarantined {
        reason: String,
    },
    /// Internal: an operator lets it go on.
    Released,
}

/// The eight state types, as events name them (`PassStateEntered`, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateType {
    Task,
    Choice,
    Wait,
    Pass,
    Succeed,
    Fail,
    Parallel,
    Map,
}

/// `error` and `cause`, each absent where AWS leaves it out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    pub error: Option<String>,
    pub cause: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionStarted {
    pub name: String,
    /// ARNs are the api floor's; here they are text that the context object shows.
    pub execution_arn: String,
    pub machine_arn: String,
    pub started_by: StartedBy,
    pub machine_name: String,
    pub role_arn: String,
    /// By `TimeoutSeconds` of the machine.
    pub deadline: Option<DateTime<Utc>>,
    /// The machine's `StartAt`.
    pub start_at: Arc<str>,
    pub settings: Settings,
    pub parent: Option<Parent>,
    /// Of an Express execution.
    pub express: Option<Keeps>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRedriven {
    /// How often it has been redriven, this time included.
    pub count: u64,
    /// By `TimeoutSeconds` of the machine, which begins anew.
    pub deadline: Option<DateTime<Utc>>,
    /// The caller's: the same one again means this redrive.
    pub client_token: Option<String>,
    /// From its first state on: an Express child of a map run.
    pub afresh: bool,
}

/// The version that an execution was started on, the alias that chose it, and the trace header; absent where the start had none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartedBy {
    pub version_arn: Option<String>,
    pub alias_arn: Option<String>,
    /// Kept for the caller; nothing here looks at it.
    pub trace_header: Option<String>,
}

/// Whose child an execution is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    pub execution: ExecutionId,
    pub arn: String,
    /// The parent's wait that the end of this execution ends; `None`: it does not wait for it.
    pub wait: Option<WaitId>,
    /// Which of several children of that wait.
    pub number: Option<u64>,
}

/// Settings of the namespace, kept as they were when the execution started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Of a Task without `TimeoutSeconds`; `None`: AWS's 99,999,999 s.
    pub default_task_timeout_seconds: Option<u64>,
    /// A larger result of a task fails it with `States.DataLimitExceeded`.
    pub payload_bytes_max: u64,
    /// As many public events as the history may have; `None`: no limit.
    pub history_events_max: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        // AWS's limit of a payload.
        Self {
            default_task_timeout_seconds: None,
            payload_bytes_max: 262_144,
            history_events_max: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct TaskScheduled {
    pub state: Arc<str>,
    pub queue: Arc<str>,
    pub family: TaskFamily,
    /// `Resource` as the definition writes it.
    pub resource: Arc<str>,
    /// Where AWS's history shows one: of the machine's ARN.
    pub region: Arc<str>,
    pub attempt: u32,
    /// Set where the definition sets it; the history shows it.
    pub timeout_seconds: Option<u64>,
    pub heartbeat_seconds: Option<u64>,
    /// `RoleArn` of `Credentials`: the history of a service's call shows it.
    pub credentials_role: Option<Arc<str>>,
    /// The wait of its task token, where an answer by that token ends the task.
    pub callback: Option<WaitId>,
    /// The orchestrator itself makes the call: it starts the execution of this id, or finds it started.
    pub child: Option<ExecutionId>,
}

/// An execution that a task has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedChild {
    pub id: ExecutionId,
    pub arn: Arc<str>,
    pub started_at: DateTime<Utc>,
}

/// How AWS's history speaks of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskFamily {
    /// `ActivityScheduled`, `ActivityStarted`, …
    Activity,
    /// `LambdaFunctionScheduled`, …
    Lambda,
    /// `TaskScheduled`, … of a service integration: AWS's `resourceType` and `resource` (`lambda`, `invoke`).
    Service { service: Arc<str>, action: Arc<str> },
}

/// Which limit of a task has passed. AWS's history shows `States.Timeout` for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLimit {
    Timeout,
    Heartbeat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferedAgain {
    Unacknowledged,
    GivenBack,
    SessionBroken,
}
