//! From events to format 1.

mod map_run;

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::{Payloads, wire};
use crate::event::{
    EventKind, ExecutionRedriven, ExecutionStarted, Failure, OfferedAgain, StartedChild, StateType,
    TaskFamily, TaskScheduled, TimeLimit,
};
use crate::express::Keeps;
use crate::id::BranchId;

#[expect(clippy::too_many_lines, reason = "one match over the whole enum")]
pub(super) fn kind<'a>(kind: &'a EventKind, payloads: &mut Payloads<'a>) -> wire::Kind<'a> {
    use wire::Kind;
    match kind {
        EventKind::ExecutionStarted(started) => {
            Kind::ExecutionStarted(Box::new(execution(started)))
        }
        EventKind::ExecutionSucceeded => Kind::ExecutionSucceeded,
        EventKind::ExecutionFailed(failed) => Kind::ExecutionFailed(failure(failed)),
        EventKind::ExecutionTimedOut(failed) => Kind::ExecutionTimedOut(failure(failed)),
        EventKind::ExecutionAborted(failed) => Kind::ExecutionAborted(failure(failed)),
        EventKind::ExecutionRedriven(redriven) => Kind::ExecutionRedriven(redrive(redriven)),
        EventKind::StateEntered { state, state_type } => {
            Kind::StateEntered { state: text(state), state_type: type_of(*state_type) }
        }
        EventKind::StateExited { state, state_type, next, assigned } => Kind::StateExited {
            state: text(state),
            state_type: type_of(*state_type),
            next: next.as_deref().map(text),
            assigned: assigned
                .iter()
                .map(|it| (text(&it.name), payloads.index(&it.value)))
                .collect(),
        },
        EventKind::StateAborted { state, state_type, wait } => Kind::StateAborted {
            state: text(state),
            state_type: type_of(*state_type),
            wait: wait.map(|wait| wait.0),
        },
        EventKind::CallbackOpened => Kind::CallbackOpened,
        EventKind::TaskScheduled(scheduled) => Kind::TaskScheduled(Box::new(task(scheduled))),
        EventKind::TaskStarted {
            wait,
            worker,
            deadline,
            heartbeat_seconds,
            again,
            is_silent,
            family,
        } => Kind::TaskStarted {
            wait: wait.0,
            worker: worker.as_deref().map(text),
            deadline: deadline.map(micros),
            heartbeat: *heartbeat_seconds,
            again: *again,
            silent: *is_silent,
            family: family_of(family),
        },
        EventKind::TaskSubmitted { wait, family, child } => Kind::TaskSubmitted {
            wait: wait.0,
            family: family_of(family),
            child: child.as_deref().map(started_child),
        },
        EventKind::TaskSucceeded { wait, family } => {
            Kind::TaskSucceeded { wait: wait.0, family: family_of(family) }
        }
        EventKind::TaskFailed { wait, failure: failed, family } => {
            Kind::TaskFailed { wait: wait.0, failure: failure(failed), family: family_of(family) }
        }
        EventKind::TaskTimedOut { wait, failure: failed, family, limit } => Kind::TaskTimedOut {
            wait: wait.0,
            failure: failure(failed),
            family: family_of(family),
            limit: match limit {
                TimeLimit::Timeout => wire::TimeLimit::Timeout,
                TimeLimit::Heartbeat => wire::TimeLimit::Heartbeat,
            },
        },
        EventKind::TaskOfferedAgain { wait, reason } => Kind::TaskOfferedAgain {
            wait: wait.0,
            reason: match reason {
                OfferedAgain::Unacknowledged => wire::OfferedAgain::Unacknowledged,
                OfferedAgain::GivenBack => wire::OfferedAgain::GivenBack,
                OfferedAgain::SessionBroken => wire::OfferedAgain::SessionBroken,
            },
        },
        EventKind::RetryScheduled { state, retrier, count, until, failure: failed } => {
            Kind::RetryScheduled {
                state: text(state),
                retrier: *retrier,
                count: *count,
                until: micros(*until),
                failure: failure(failed),
            }
        }
        EventKind::RetryDue { wait } => Kind::RetryDue { wait: wait.0 },
        EventKind::TimerStarted { state, until } => {
            Kind::TimerStarted { state: text(state), until: micros(*until) }
        }
        EventKind::TimerFired { wait } => Kind::TimerFired { wait: wait.0 },
        EventKind::ParallelStarted { state, first, starts } => Kind::ParallelStarted {
            state: text(state),
            first: first.0,
            starts: starts.iter().map(|start| text(start)).collect(),
        },
        EventKind::ParallelSucceeded { state } => Kind::ParallelSucceeded { state: text(state) },
        EventKind::ParallelFailed { state } => Kind::ParallelFailed { state: text(state) },
        EventKind::MapStarted { state, start, length, max_concurrency, tolerated_failures } => {
            Kind::MapStarted {
                state: text(state),
                start: text(start),
                length: *length,
                max_concurrency: *max_concurrency,
                tolerated_failures: *tolerated_failures,
            }
        }
        EventKind::MapSucceeded { state } => Kind::MapSucceeded { state: text(state) },
        EventKind::MapFailed { state } => Kind::MapFailed { state: text(state) },
        EventKind::MapIterationStarted { state, index, child } => {
            Kind::MapIterationStarted(iteration(state, *index, *child))
        }
        EventKind::MapIterationSucceeded { state, index, child } => {
            Kind::MapIterationSucceeded(iteration(state, *index, *child))
        }
        EventKind::MapIterationFailed { state, index, child } => {
            Kind::MapIterationFailed(iteration(state, *index, *child))
        }
        EventKind::MapIterationAborted { state, index, child } => {
            Kind::MapIterationAborted(iteration(state, *index, *child))
        }
        EventKind::MapIterationResumed { index, child } => {
            Kind::MapIterationResumed { index: *index, child: child.0 }
        }
        EventKind::MapItemsFound { state, length } => {
            Kind::MapItemsFound { state: text(state), length: *length }
        }
        EventKind::MapRunStarted(run) => Kind::MapRunStarted(Box::new(map_run::started(run))),
        EventKind::MapRun { wait, step } => {
            Kind::MapRun { wait: wait.0, step: map_run::step(step) }
        }
        EventKind::EvaluationFailed { state, failure: failed, location } => {
            Kind::EvaluationFailed {
                state: text(state),
                failure: failure(failed),
                location: location.as_deref().map(text),
            }
        }
        EventKind::BranchClosed { wait } => Kind::BranchClosed { wait: wait.map(|wait| wait.0) },
        EventKind::Quarantined { reason } => Kind::Quarantined { reason: text(reason) },
        EventKind::Released => Kind::Released,
    }
}

fn execution(started: &ExecutionStarted) -> wire::ExecutionStarted<'_> {
    wire::ExecutionStarted {
        name: text(&started.name),
        execution_arn: text(&started.execution_arn),
        machine_arn: text(&started.machine_arn),
        machine_name: text(&started.machine_name),
        role_arn: text(&started.role_arn),
        deadline: started.deadline.map(micros),
        start_at: text(&started.start_at),
        default_task_timeout: started.settings.default_task_timeout_seconds,
        payload_bytes_max: started.settings.payload_bytes_max,
        history_events_max: started.settings.history_events_max,
        parent: started.parent.as_ref().map(|parent| wire::Parent {
            execution: wire::Id(parent.execution),
            arn: text(&parent.arn),
            wait: parent.wait.map(|wait| wait.0),
            number: parent.number,
        }),
        express: started.express.map(|keeps| match keeps {
            Keeps::Nothing => wire::Keeps::Nothing,
            Keeps::Failures => wire::Keeps::Failures,
            Keeps::Everything => wire::Keeps::Everything,
        }),
        version_arn: started.started_by.version_arn.as_deref().map(text),
        alias_arn: started.started_by.alias_arn.as_deref().map(text),
        trace_header: started.started_by.trace_header.as_deref().map(text),
    }
}

fn redrive(redriven: &ExecutionRedriven) -> wire::ExecutionRedriven<'_> {
    wire::ExecutionRedriven {
        count: redriven.count,
        deadline: redriven.deadline.map(micros),
        client_token: redriven.client_token.as_deref().map(text),
        afresh: redriven.afresh,
    }
}

fn started_child(child: &StartedChild) -> wire::StartedChild<'_> {
    wire::StartedChild {
        id: wire::Id(child.id),
        arn: text(&child.arn),
        started: micros(child.started_at),
    }
}

fn task(task: &TaskScheduled) -> wire::TaskScheduled<'_> {
    wire::TaskScheduled {
        state: text(&task.state),
        queue: text(&task.queue),
        family: family_of(&task.family),
        resource: text(&task.resource),
        region: text(&task.region),
        attempt: task.attempt,
        timeout: task.timeout_seconds,
        heartbeat: task.heartbeat_seconds,
        callback: task.callback.map(|wait| wait.0),
        child: task.child.map(wire::Id),
        credentials_role: task.credentials_role.as_deref().map(text),
    }
}

fn iteration(state: &str, index: u64, child: BranchId) -> wire::Iteration<'_> {
    wire::Iteration { state: text(state), index, child: child.0 }
}

fn failure(failure: &Failure) -> wire::Failure<'_> {
    wire::Failure {
        error: failure.error.as_deref().map(text),
        cause: failure.cause.as_deref().map(text),
    }
}

fn family_of(family: &TaskFamily) -> wire::Family<'_> {
    match family {
        TaskFamily::Activity => wire::Family::Activity,
        TaskFamily::Lambda => wire::Family::Lambda,
        TaskFamily::Service { service, action } => {
            wire::Family::Service { service: text(service), action: text(action) }
        }
    }
}

fn type_of(state_type: StateType) -> wire::StateType {
    match state_type {
        StateType::Task => wire::StateType::Task,
        StateType::Choice => wire::StateType::Choice,
        StateType::Wait => wire::StateType::Wait,
        StateType::Pass => wire::StateType::Pass,
        StateType::Succeed => wire::StateType::Succeed,
        StateType::Fail => wire::StateType::Fail,
        StateType::Parallel => wire::StateType::Parallel,
        StateType::Map => wire::StateType::Map,
    }
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}
