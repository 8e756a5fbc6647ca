//! What an execution waits for: shown by describe, and read by the engine to arm timers and offer tasks after a recovery.

use std::sync::Arc;

use asl::Payload;
use chrono::{DateTime, Utc};

use crate::branch::{Branch, Doing, Join, JoinKind, Phase, TaskWait, Visit};
use crate::event::{Failure, StartedChild};
use crate::execution::Execution;
use crate::id::{BranchId, ExecutionId, WaitId};

/// A branch that has not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenBranch {
    pub branch: BranchId,
    pub state: Arc<str>,
    pub entered_at: DateTime<Utc>,
    /// The items of the Maps around it, outermost first.
    pub map_indexes: Vec<u64>,
    pub waits_for: WaitKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum WaitKind {
    /// Nothing: the next [`crate::Trigger::Resume`] (or any other trigger) moves it.
    Nothing,
    Task(Box<OpenTask>),
    Retry {
        wait: WaitId,
        until: DateTime<Utc>,
        /// The one that failed; counts from 1.
        attempt: u32,
        failure: Failure,
    },
    Timer {
        wait: WaitId,
        until: DateTime<Utc>,
    },
    /// A Parallel or a Map: children that are open, and items whose iteration has not begun.
    Join {
        open: u64,
        not_begun: u64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct OpenTask {
    pub wait: WaitId,
    pub queue: Arc<str>,
    /// As the definition writes it.
    pub resource: Arc<str>,
    /// Counts from 1.
    pub attempt: u32,
    pub scheduled_at: DateTime<Utc>,
    pub started: Option<StartedTask>,
    /// What the worker gets.
    pub payload: Payload,
    pub served: Served,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Served {
    /// A worker's. `callback`: the wait that the token in its input names.
    ByWorker { callback: Option<WaitId> },
    /// Whoever has the task token: the call was made.
    ByCallback,
    /// The orchestrator's, which is to start this execution. `awaited`: the task will wait for its end.
    ByStart { id: ExecutionId, awaited: bool },
    /// The child's.
    ByChild(Box<StartedChild>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct StartedTask {
    pub worker: Option<Arc<str>>,
    /// It can't tell that it holds the task.
    pub is_silent: bool,
    pub at: DateTime<Utc>,
    /// When the attempt times out.
    pub deadline: Option<DateTime<Utc>>,
    pub heartbeat_seconds: Option<u64>,
}

impl Execution {
    /// Every open branch, in the order they were made.
    pub fn open_branches(&self) -> Vec<OpenBranch> {
        self.branches.iter().map(|(id, branch)| self.open_branch(*id, branch)).collect()
    }

    fn open_branch(&self, id: BranchId, branch: &Branch) -> OpenBranch {
        let between = |state: &Arc<str>| OpenBranch {
            branch: id,
            state: state.clone(),
            entered_at: self.updated_at(),
            map_indexes: self.map_indexes(branch),
            waits_for: WaitKind::Nothing,
        };
        match &branch.phase {
            Phase::Enter { state, .. } => between(state),
            // Never seen from outside: the Map takes the result in the same decision.
            Phase::Ended { .. } => between(&Arc::from("")),
            Phase::In(visit) => OpenBranch {
                branch: id,
                state: visit.state.clone(),
                entered_at: visit.entered_at,
                map_indexes: self.map_indexes(branch),
                waits_for: WaitKind::of(visit),
            },
        }
    }
}

impl Execution {
    fn map_indexes(&self, branch: &Branch) -> Vec<u64> {
        let mut indexes = Vec::new();
        let mut next = Some(branch);
        while let Some(branch) = next {
            indexes.extend(branch.item.as_ref().map(|item| item.index));
            next = branch.parent.and_then(|parent| self.branches.get(&parent.branch));
        }
        indexes.reverse();
        indexes
    }
}

impl WaitKind {
    fn of(visit: &Visit) -> Self {
        match &visit.doing {
            Doing::Task(task) => Self::Task(Box::new(OpenTask {
                wait: task.wait,
                queue: task.task.queue.clone(),
                resource: task.task.resource.clone(),
                attempt: task.task.attempt,
                scheduled_at: task.scheduled_at,
                started: task.started.clone(),
                payload: task.task.worker_input(&task.payload),
                served: Served::of(task),
            })),
            Doing::Retry { wait, until, failure, .. } => Self::Retry {
                wait: *wait,
                until: *until,
                attempt: visit.retry_count(),
                failure: failure.clone(),
            },
            Doing::Timer { wait, until } => Self::Timer { wait: *wait, until: *until },
            Doing::Join(join) => {
                Self::Join { open: join.children.len() as u64, not_begun: not_begun(join) }
            }
            Doing::MapRun(work) => {
                let not_begun = work.items.len() + work.again.len();
                Self::Join { open: work.open as u64, not_begun: not_begun as u64 }
            }
            Doing::Run
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Items(_)
            | Doing::Aborted(_) => Self::Nothing,
        }
    }
}

impl Served {
    fn of(task: &TaskWait) -> Self {
        match (task.submitted, &task.child, task.task.child) {
            (false, _, Some(id)) => Self::ByStart { id, awaited: task.task.awaits_child() },
            (false, _, None) => Self::ByWorker { callback: task.callback },
            (true, Some(child), _) if task.task.awaits_child() => Self::ByChild(child.clone()),
            (true, _, _) => Self::ByCallback,
        }
    }
}

fn not_begun(join: &Join) -> u64 {
    match &join.kind {
        JoinKind::Parallel => 0,
        JoinKind::Map(map) => (join.results.len() - map.begun + map.cut.len()) as u64,
    }
}
