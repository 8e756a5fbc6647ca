//! An execution in memory, and what the engine knows of it beside its events: who holds which task, who waits for its end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use asl::{Payload, StateMachine};
use chrono::{DateTime, TimeDelta, Utc};
use execution::wait::{OpenTask, Served, WaitKind};
use execution::{Decision, EventKind, Execution, WaitId};
use store::NamespaceId;

use super::express::Express;
use crate::engine::Ended;
use crate::error::EngineError;
use crate::open_executions::Open;
use crate::reply::Reply;
use crate::task_queue::{Holder, is_own};

#[derive(Debug)]
pub(crate) struct Resident {
    pub(crate) execution: Execution,
    pub(crate) machine: Arc<StateMachine>,
    pub(crate) namespace: NamespaceId,
    pub(crate) arn: Arc<str>,
    pub(crate) tasks: BTreeMap<WaitId, Task>,
    /// Read back with the history: how often its open tasks had been handed out before.
    pub(crate) hand_outs_before: BTreeMap<WaitId, u32>,
    /// Callers that wait for the end.
    pub(crate) ends: Vec<Reply<Ended>>,
    /// Of an Express execution.
    pub(crate) express: Option<Express>,
    /// Its place among the open executions of its namespace.
    pub(crate) open: Option<Open>,
}

/// An open task.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) state: Arc<str>,
    pub(crate) queue: Arc<str>,
    pub(crate) attempt: u32,
    pub(crate) hand_outs_before: u32,
    pub(crate) scheduled_at: DateTime<Utc>,
    pub(crate) input: Payload,
    /// `None`, too, while it waits for a worker.
    pub(crate) handed_out: Option<HandedOut>,
    /// Of a call that a worker makes: the wait that the task token in it names.
    pub(crate) callback: Option<WaitId>,
}

#[derive(Debug)]
pub(crate) struct HandedOut {
    /// `None` after a recovery: the worker's session was another server's.
    pub(crate) session: Option<Holder>,
    pub(crate) acknowledged: bool,
    /// Until then an acknowledgement must have come.
    pub(crate) acknowledge_by: DateTime<Utc>,
    /// The last heartbeat, or the hand-out, or the recovery.
    pub(crate) last_sign: DateTime<Utc>,
    pub(crate) heartbeat: Option<Duration>,
    pub(crate) deadline: Option<DateTime<Utc>>,
}

/// What a timer finds to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing yet: look again then.
    At(DateTime<Utc>),
    Never,
    /// A Wait state, a retry, or a task's `TimeoutSeconds`.
    Timer,
    Heartbeat,
    Acknowledgement,
}

impl Resident {
    pub(crate) fn new(
        execution: Execution,
        machine: Arc<StateMachine>,
        namespace: NamespaceId,
        arn: Arc<str>,
    ) -> Self {
        Self {
            execution,
            machine,
            namespace,
            arn,
            tasks: BTreeMap::new(),
            hand_outs_before: BTreeMap::new(),
            ends: Vec::new(),
            express: None,
            open: None,
        }
    }

    pub(crate) fn handed_out(&mut self, wait: WaitId) -> Result<&mut HandedOut, EngineError> {
        let task = if self.tasks.contains_key(&wait) {
            self.tasks.get_mut(&wait)
        } else {
            // Whoever has the callback's token keeps the call alive, too.
            self.tasks.values_mut().find(|task| task.callback == Some(wait))
        };
        task.and_then(|task| task.handed_out.as_mut()).ok_or(EngineError::TaskOver)
    }

    /// The waits for a worker that a decision begins, with their queues.
    pub(crate) fn tasks_begun(&self, decision: &Decision) -> Vec<(WaitId, Arc<str>)> {
        let mut begun = Vec::new();
        for (wait, event) in (decision.first_seq.0..).map(WaitId).zip(&decision.events) {
            if let EventKind::TaskScheduled(scheduled) = &event.kind {
                // What the orchestrator does itself is started already.
                let queue = scheduled.child.is_none().then(|| Arc::clone(&scheduled.queue));
                begun.extend(queue.map(|queue| (wait, queue)));
            } else if let EventKind::TaskOfferedAgain { wait: old, .. } = &event.kind
                && let Some(task) = self.tasks.get(old)
            {
                begun.push((wait, Arc::clone(&task.queue)));
            }
        }
        begun
    }

    /// What is due of `wait` at `now`. A wait that is no task is a timer, and due.
    pub(crate) fn due(&self, wait: WaitId, now: DateTime<Utc>) -> Due {
        let Some(task) = self.tasks.get(&wait) else { return Due::Timer };
        task.handed_out.as_ref().map_or(Due::Never, |handed_out| handed_out.due(now))
    }

    /// After a recovery: the open tasks, those that had been handed out waiting to be announced until `announce_by`. Nobody
    /// announces the orchestrator's own: whoever worked on them went with their node.
    pub(crate) fn restore_tasks(&mut self, now: DateTime<Utc>, announce_by: DateTime<Utc>) {
        for branch in self.execution.open_branches() {
            if let WaitKind::Task(open) = branch.waits_for {
                let (wait, mut task) =
                    (open.wait, Task::restored(branch.state, *open, now, announce_by));
                task.hand_outs_before = self.hand_outs_before.remove(&wait).unwrap_or(0);
                self.tasks.insert(wait, task);
            }
        }
    }
}

impl Task {
    fn restored(
        state: Arc<str>,
        open: OpenTask,
        now: DateTime<Utc>,
        announce_by: DateTime<Utc>,
    ) -> Self {
        let (is_with_worker, callback) = match open.served {
            Served::ByWorker { callback } => (true, callback),
            Served::ByCallback | Served::ByStart { .. } | Served::ByChild(_) => (false, None),
        };
        let announce_by = if is_own(&open.queue) { now } else { announce_by };
        let handed_out = open.started.map(|started| HandedOut {
            session: None,
            // Only a worker has something to announce, where it can.
            acknowledged: !is_with_worker || started.is_silent,
            acknowledge_by: announce_by,
            last_sign: now,
            heartbeat: started.heartbeat_seconds.map(Duration::from_secs),
            deadline: started.deadline,
        });
        Self {
            state,
            queue: open.queue,
            attempt: open.attempt,
            hand_outs_before: 0,
            scheduled_at: open.scheduled_at,
            input: open.payload,
            handed_out,
            callback,
        }
    }
}

impl HandedOut {
    /// The orchestrator's own call, or a callback: nobody acknowledges it.
    pub(crate) fn without_worker(
        at: DateTime<Utc>,
        deadline: Option<DateTime<Utc>>,
        heartbeat: Option<Duration>,
    ) -> Self {
        let (session, acknowledged) = (None, true);
        Self { session, acknowledged, acknowledge_by: at, last_sign: at, heartbeat, deadline }
    }

    pub(crate) fn due(&self, now: DateTime<Utc>) -> Due {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            return Due::Timer;
        }
        if self.heartbeat_by().is_some_and(|by| by <= now) {
            return Due::Heartbeat;
        }
        if !self.acknowledged && self.acknowledge_by <= now {
            return Due::Acknowledgement;
        }
        self.next().map_or(Due::Never, Due::At)
    }

    /// When something of it may next be due.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        let acknowledge_by = (!self.acknowledged).then_some(self.acknowledge_by);
        [self.deadline, self.heartbeat_by(), acknowledge_by].into_iter().flatten().min()
    }

    fn heartbeat_by(&self) -> Option<DateTime<Utc>> {
        let heartbeat = TimeDelta::from_std(self.heartbeat?).ok()?;
        self.last_sign.checked_add_signed(heartbeat)
    }
}
