//! From format 1 to events.

mod map_run;

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use asl::{Assignment, Payload};

use super::wire;
use crate::codec::DecodeError;
use crate::event::{
    EventKind, ExecutionRedriven, ExecutionStarted, Failure, OfferedAgain, Parent, Settings,
    StartedBy, StartedChild, StateType, TaskFamily, TaskScheduled, TimeLimit,
};
use crate::express::Keeps;
use crate::id::{BranchId, WaitId};

#[expect(clippy::too_many_lines, reason = "one match over the whole enum")]
pub(super) fn kind(kind: wire::Kind<'_>, payloads: &Payloads) -> Result<EventKind, DecodeError> {
    use wire::Kind;
    Ok(match kind {
        Kind::ExecutionStarted(started) => {
            EventKind::ExecutionStarted(Box::new(execution(*started)))
        }
        Kind::ExecutionSucceeded => EventKind::ExecutionSucceeded,
        Kind::ExecutionFailed(failed) => EventKind::ExecutionFailed(failure(failed)),
        Kind::ExecutionTimedOut(failed) => EventKind::ExecutionTimedOut(failure(failed)),
        Kind::ExecutionAborted(failed) => EventKind::ExecutionAborted(failure(failed)),
        Kind::ExecutionRedriven(redriven) => {
            EventKind::ExecutionRedriven(Box::new(redrive(redriven)))
        }
        Kind::StateEntered { state, state_type } => {
            EventKind::StateEntered { state: text(state), state_type: type_of(state_type) }
        }
        Kind::StateExited { state, state_type, next, assigned } => EventKind::StateExited {
            state: text(state),
            state_type: type_of(state_type),
            next: next.map(text),
            assigned: assigned
                .into_iter()
                .map(|(name, index)| {
                    Ok(Assignment { name: text(name), value: payloads.at(index)? })
                })
                .collect::<Result<_, _>>()?,
        },
        Kind::StateAborted { state, state_type, wait } => EventKind::StateAborted {
            state: text(state),
            state_type: type_of(state_type),
            wait: wait.map(WaitId),
        },
        Kind::CallbackOpened => EventKind::CallbackOpened,
        Kind::TaskScheduled(scheduled) => EventKind::TaskScheduled(Arc::new(task(*scheduled))),
        Kind::TaskStarted { wait, worker, deadline, heartbeat, again, silent, family } => {
            EventKind::TaskStarted {
                wait: WaitId(wait),
                worker: worker.map(text),
                deadline: deadline.map(instant),
                heartbeat_seconds: heartbeat,
                again,
                is_silent: silent,
                family: family_of(family),
            }
        }
        Kind::TaskSubmitted { wait, family, child } => EventKind::TaskSubmitted {
            wait: WaitId(wait),
            family: family_of(family),
            child: child.map(|child| Box::new(started_child(child))),
        },
        Kind::TaskSucceeded { wait, family } => {
            EventKind::TaskSucceeded { wait: WaitId(wait), family: family_of(family) }
        }
        Kind::TaskFailed { wait, failure: failed, family } => EventKind::TaskFailed {
            wait: WaitId(wait),
            failure: failure(failed),
            family: family_of(family),
        },
        Kind::TaskTimedOut { wait, failure: failed, family, limit } => EventKind::TaskTimedOut {
            wait: WaitId(wait),
            failure: failure(failed),
            family: family_of(family),
            limit: match limit {
                wire::TimeLimit::Timeout => TimeLimit::Timeout,
                wire::TimeLimit::Heartbeat => TimeLimit::Heartbeat,
            },
        },
        Kind::TaskOfferedAgain { wait, reason } => EventKind::TaskOfferedAgain {
            wait: WaitId(wait),
            reason: match reason {
                wire::OfferedAgain::Unacknowledged => OfferedAgain::Unacknowledged,
                wire::OfferedAgain::GivenBack => OfferedAgain::GivenBack,
                wire::OfferedAgain::SessionBroken => OfferedAgain::SessionBroken,
            },
        },
        Kind::RetryScheduled { state, retrier, count, until, failure: failed } => {
            EventKind::RetryScheduled {
                state: text(state),
                retrier,
                count,
                until: instant(until),
                failure: failure(failed),
            }
        }
        Kind::RetryDue { wait } => EventKind::RetryDue { wait: WaitId(wait) },
        Kind::TimerStarted { state, until } => {
            EventKind::TimerStarted { state: text(state), until: instant(until) }
        }
        Kind::TimerFired { wait } => EventKind::TimerFired { wait: WaitId(wait) },
        Kind::ParallelStarted { state, first, starts } => EventKind::ParallelStarted {
            state: text(state),
            first: BranchId(first),
            starts: starts.into_iter().map(text).collect(),
        },
        Kind::ParallelSucceeded { state } => EventKind::ParallelSucceeded { state: text(state) },
        Kind::ParallelFailed { state } => EventKind::ParallelFailed { state: text(state) },
        Kind::MapStarted { state, start, length, max_concurrency, tolerated_failures } => {
            EventKind::MapStarted {
                state: text(state),
                start: text(start),
                length,
                max_concurrency,
                tolerated_failures,
            }
        }
        Kind::MapSucceeded { state } => EventKind::MapSucceeded { state: text(state) },
        Kind::MapFailed { state } => EventKind::MapFailed { state: text(state) },
        Kind::MapIterationStarted(wire::Iteration { state, index, child }) => {
            EventKind::MapIterationStarted { state: text(state), index, child: BranchId(child) }
        }
        Kind::MapIterationSucceeded(wire::Iteration { state, index, child }) => {
            EventKind::MapIterationSucceeded { state: text(state), index, child: BranchId(child) }
        }
        Kind::MapIterationFailed(wire::Iteration { state, index, child }) => {
            EventKind::MapIterationFailed { state: text(state), index, child: BranchId(child) }
        }
        Kind::MapIterationAborted(wire::Iteration { state, index, child }) => {
            EventKind::MapIterationAborted { state: text(state), index, child: BranchId(child) }
        }
        Kind::MapIterationResumed { index, child } => {
            EventKind::MapIterationResumed { index, child: BranchId(child) }
        }
        Kind::MapItemsFound { state, length } => {
            EventKind::MapItemsFound { state: text(state), length }
        }
        Kind::MapRunStarted(run) => EventKind::MapRunStarted(Arc::new(map_run::started(*run))),
        Kind::MapRun { wait, step } => {
            EventKind::MapRun { wait: WaitId(wait), step: map_run::step(step) }
        }
        Kind::EvaluationFailed { state, failure: failed, location } => {
            EventKind::EvaluationFailed {
                state: text(state),
                failure: failure(failed),
                location: location.map(Cow::into_owned),
            }
        }
        Kind::BranchClosed { wait } => EventKind::BranchClosed { wait: wait.map(WaitId) },
        Kind::Quarantined { reason } => EventKind::Quarantined { reason: reason.into_owned() },
        Kind::Released => EventKind::Released,
    })
}

/// The documents of a row, which its events name by index.
pub(super) struct Payloads(pub(super) Vec<Payload>);

impl Payloads {
    pub(super) fn at(&self, index: usize) -> Result<Payload, DecodeError> {
        self.0.get(index).cloned().ok_or_else(|| DecodeError::Malformed {
            reason: format!("it names payload {index} of {}", self.0.len()),
        })
    }
}

fn execution(started: wire::ExecutionStarted<'_>) -> ExecutionStarted {
    ExecutionStarted {
        name: started.name.into_owned(),
        execution_arn: started.execution_arn.into_owned(),
        machine_arn: started.machine_arn.into_owned(),
        machine_name: started.machine_name.into_owned(),
        role_arn: started.role_arn.into_owned(),
        deadline: started.deadline.map(instant),
        start_at: text(started.start_at),
        settings: Settings {
            default_task_timeout_seconds: started.default_task_timeout,
            payload_bytes_max: started.payload_bytes_max,
            history_events_max: started.history_events_max,
        },
        parent: started.parent.map(|parent| Parent {
            execution: parent.execution.0,
            arn: parent.arn.into_owned(),
            wait: parent.wait.map(WaitId),
            number: parent.number,
        }),
        express: started.express.map(|keeps| match keeps {
            wire::Keeps::Nothing => Keeps::Nothing,
            wire::Keeps::Failures => Keeps::Failures,
            wire::Keeps::Everything => Keeps::Everything,
        }),
        started_by: StartedBy {
            version_arn: started.version_arn.map(Cow::into_owned),
            alias_arn: started.alias_arn.map(Cow::into_owned),
            trace_header: started.trace_header.map(Cow::into_owned),
        },
    }
}

fn redrive(redriven: wire::ExecutionRedriven<'_>) -> ExecutionRedriven {
    ExecutionRedriven {
        count: redriven.count,
        deadline: redriven.deadline.map(instant),
        client_token: redriven.client_token.map(Cow::into_owned),
        afresh: redriven.afresh,
    }
}

fn started_child(child: wire::StartedChild<'_>) -> StartedChild {
    StartedChild { id: child.id.0, arn: text(child.arn), started_at: instant(child.started) }
}

fn task(task: wire::TaskScheduled<'_>) -> TaskScheduled {
    TaskScheduled {
        state: text(task.state),
        queue: text(task.queue),
        family: family_of(task.family),
        resource: text(task.resource),
        region: text(task.region),
        attempt: task.attempt,
        timeout_seconds: task.timeout,
        heartbeat_seconds: task.heartbeat,
        callback: task.callback.map(WaitId),
        child: task.child.map(|id| id.0),
        credentials_role: task.credentials_role.map(text),
    }
}

fn failure(failure: wire::Failure<'_>) -> Failure {
    Failure { error: failure.error.map(Cow::into_owned), cause: failure.cause.map(Cow::into_owned) }
}

fn family_of(family: wire::Family<'_>) -> TaskFamily {
    match family {
        wire::Family::Activity => TaskFamily::Activity,
        wire::Family::Lambda => TaskFamily::Lambda,
        wire::Family::Service { service, action } => {
            TaskFamily::Service { service: text(service), action: text(action) }
        }
    }
}

fn type_of(state_type: wire::StateType) -> StateType {
    match state_type {
        wire::StateType::Task => StateType::Task,
        wire::StateType::Choice => StateType::Choice,
        wire::StateType::Wait => StateType::Wait,
        wire::StateType::Pass => StateType::Pass,
        wire::StateType::Succeed => StateType::Succeed,
        wire::StateType::Fail => StateType::Fail,
        wire::StateType::Parallel => StateType::Parallel,
        wire::StateType::Map => StateType::Map,
    }
}

fn text(text: Cow<'_, str>) -> Arc<str> {
    text.into()
}

/// The calendar holds every instant that was ever written; a foreign number becomes its furthest end.
fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
