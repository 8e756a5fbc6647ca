//! AWS's names of the event types.

use crate::event::{EventKind, MapRunStep, StateType, TaskFamily};

/// `None`: not in AWS's history.
pub(super) fn of(kind: &EventKind) -> Option<&'static str> {
    Some(match kind {
        EventKind::ExecutionStarted(_) => "ExecutionStarted",
        EventKind::ExecutionSucceeded => "ExecutionSucceeded",
        EventKind::ExecutionFailed(_) => "ExecutionFailed",
        EventKind::ExecutionTimedOut(_) => "ExecutionTimedOut",
        EventKind::ExecutionAborted(_) => "ExecutionAborted",
        EventKind::ExecutionRedriven(_) => "ExecutionRedriven",
        EventKind::StateEntered { state_type, .. } => entered(*state_type),
        EventKind::StateExited { state_type, .. } => exited(*state_type),
        EventKind::StateAborted { state_type, .. } => return aborted(*state_type),
        EventKind::EvaluationFailed { .. } => "EvaluationFailed",
        EventKind::TaskScheduled(task) => scheduled(&task.family),
        EventKind::TaskStarted { again: false, family, .. } => started(family),
        EventKind::TaskSubmitted { .. } => "TaskSubmitted",
        EventKind::TaskSucceeded { family, .. } => succeeded(family),
        EventKind::TaskFailed { family, .. } => failed(family),
        EventKind::TaskTimedOut { family, .. } => timed_out(family),
        EventKind::ParallelStarted { .. } => "ParallelStateStarted",
        EventKind::ParallelSucceeded { .. } => "ParallelStateSucceeded",
        EventKind::ParallelFailed { .. } => "ParallelStateFailed",
        EventKind::MapStarted { .. } | EventKind::MapItemsFound { .. } => "MapStateStarted",
        EventKind::MapRunStarted(_) => "MapRunStarted",
        EventKind::MapRun { step, .. } => return map_run(step),
        EventKind::MapSucceeded { .. } => "MapStateSucceeded",
        EventKind::MapFailed { .. } => "MapStateFailed",
        EventKind::MapIterationStarted { .. } => "MapIterationStarted",
        EventKind::MapIterationSucceeded { .. } => "MapIterationSucceeded",
        EventKind::MapIterationFailed { .. } => "MapIterationFailed",
        EventKind::MapIterationAborted { .. } => "MapIterationAborted",
        EventKind::CallbackOpened
        | EventKind::MapIterationResumed { .. }
        | EventKind::TaskStarted { again: true, .. }
        | EventKind::TaskOfferedAgain { .. }
        | EventKind::RetryScheduled { .. }
        | EventKind::RetryDue { .. }
        | EventKind::TimerStarted { .. }
        | EventKind::TimerFired { .. }
        | EventKind::BranchClosed { .. }
        | EventKind::Quarantined { .. }
        | EventKind::Released => return None,
    })
}

fn entered(state_type: StateType) -> &'static str {
    match state_type {
        StateType::Task => "TaskStateEntered",
        StateType::Choice => "ChoiceStateEntered",
        StateType::Wait => "WaitStateEntered",
        StateType::Pass => "PassStateEntered",
        StateType::Succeed => "SucceedStateEntered",
        StateType::Fail => "FailStateEntered",
        StateType::Parallel => "ParallelStateEntered",
        StateType::Map => "MapStateEntered",
    }
}

fn exited(state_type: StateType) -> &'static str {
    match state_type {
        StateType::Task => "TaskStateExited",
        StateType::Choice => "ChoiceStateExited",
        StateType::Wait => "WaitStateExited",
        StateType::Pass => "PassStateExited",
        StateType::Succeed => "SucceedStateExited",
        StateType::Fail => "FailStateExited",
        StateType::Parallel => "ParallelStateExited",
        StateType::Map => "MapStateExited",
    }
}

/// AWS has no such event for states that take no time.
fn aborted(state_type: StateType) -> Option<&'static str> {
    match state_type {
        StateType::Task => Some("TaskStateAborted"),
        StateType::Wait => Some("WaitStateAborted"),
        StateType::Parallel => Some("ParallelStateAborted"),
        StateType::Map => Some("MapStateAborted"),
        StateType::Choice | StateType::Pass | StateType::Succeed | StateType::Fail => None,
    }
}

fn scheduled(family: &TaskFamily) -> &'static str {
    match family {
        TaskFamily::Activity => "ActivityScheduled",
        TaskFamily::Lambda => "LambdaFunctionScheduled",
        TaskFamily::Service { .. } => "TaskScheduled",
    }
}

fn started(family: &TaskFamily) -> &'static str {
    match family {
        TaskFamily::Activity => "ActivityStarted",
        TaskFamily::Lambda => "LambdaFunctionStarted",
        TaskFamily::Service { .. } => "TaskStarted",
    }
}

fn succeeded(family: &TaskFamily) -> &'static str {
    match family {
        TaskFamily::Activity => "ActivitySucceeded",
        TaskFamily::Lambda => "LambdaFunctionSucceeded",
        TaskFamily::Service { .. } => "TaskSucceeded",
    }
}

fn failed(family: &TaskFamily) -> &'static str {
    match family {
        TaskFamily::Activity => "ActivityFailed",
        TaskFamily::Lambda => "LambdaFunctionFailed",
        TaskFamily::Service { .. } => "TaskFailed",
    }
}

fn timed_out(family: &TaskFamily) -> &'static str {
    match family {
        TaskFamily::Activity => "ActivityTimedOut",
        TaskFamily::Lambda => "LambdaFunctionTimedOut",
        TaskFamily::Service { .. } => "TaskTimedOut",
    }
}

impl MapRunStep {
    /// Whether it ends the run.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed { .. } | Self::Aborted)
    }
}

fn map_run(step: &MapRunStep) -> Option<&'static str> {
    match step {
        MapRunStep::Succeeded => Some("MapRunSucceeded"),
        MapRunStep::Failed { .. } => Some("MapRunFailed"),
        MapRunStep::Aborted => Some("MapRunAborted"),
        MapRunStep::Redriven { .. } => Some("MapRunRedriven"),
        MapRunStep::ItemsWanted { .. }
        | MapRunStep::ItemsRead { .. }
        | MapRunStep::ChildStarted { .. }
        | MapRunStep::ChildEnded { .. }
        | MapRunStep::ChildRedriven { .. }
        | MapRunStep::ResultsWanted
        | MapRunStep::ResultsWritten
        | MapRunStep::Broken { .. }
        | MapRunStep::Updated { .. } => None,
    }
}
