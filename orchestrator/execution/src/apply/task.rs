//! Folds the events of a task's attempt.

use std::sync::Arc;

use super::At;
use crate::branch::{Doing, TaskWait};
use crate::event::{StartedChild, TaskScheduled};
use crate::execution::Execution;
use crate::id::WaitId;
use crate::wait::StartedTask;

impl Execution {
    pub(super) fn schedule_task(&mut self, at: At<'_>, task: &Arc<TaskScheduled>) {
        self.advance(at);
        let wait = TaskWait {
            wait: at.wait(),
            task: task.clone(),
            payload: at.payload(),
            scheduled_at: at.time,
            started: None,
            again: false,
            callback: task.callback,
            submitted: false,
            child: None,
        };
        self.begin_wait(at, Doing::Task(wait));
        // Of a call that the orchestrator makes itself, the task's own wait is the token's.
        let token = task.callback.or(task.child.map(|_| at.wait()));
        if let Some(visit) = self.visit_mut(at.event.branch) {
            visit.token = token;
        }
    }

    /// Its task is scheduled with the next event.
    pub(super) fn open_callback(&mut self, at: At<'_>) {
        self.waits.insert(at.wait(), at.event.branch);
    }

    pub(super) fn submit_task(&mut self, at: At<'_>, child: Option<Box<StartedChild>>) {
        self.advance(at);
        let Some(visit) = self.visit_mut(at.event.branch) else { return };
        let Doing::Task(task) = &mut visit.doing else { return };
        task.submitted = true;
        task.child = child;
        if let Some(callback) = task.callback.take() {
            let made = std::mem::replace(&mut task.wait, callback);
            self.waits.remove(&made);
        }
    }

    pub(super) fn start_task(&mut self, at: At<'_>, started: StartedTask, again: bool) {
        if !again {
            self.advance(at);
        }
        if let Some(Doing::Task(task)) =
            self.visit_mut(at.event.branch).map(|visit| &mut visit.doing)
        {
            task.started = Some(started);
        }
    }

    pub(super) fn end_task(&mut self, at: At<'_>, wait: WaitId, doing: Doing) {
        self.advance(at);
        self.end_wait(at, wait, doing);
    }

    pub(super) fn offer_again(&mut self, at: At<'_>, wait: WaitId) {
        self.waits.remove(&wait);
        let fresh = at.wait();
        let Some(visit) = self.visit_mut(at.event.branch) else { return };
        let Doing::Task(task) = &mut visit.doing else { return };
        task.wait = fresh;
        task.started = None;
        task.again = true;
        self.waits.insert(fresh, at.event.branch);
    }
}
