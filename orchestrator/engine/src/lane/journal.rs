//! What an operator reads of one execution's way at `debug`: what has become durable, each line with the execution's
//! ARN and, where there is one, its state and attempt. Of a failure its error alone: a cause can hold what a payload holds.

use execution::WaitId;
use execution::event::{Event, EventKind};
use tracing::{Level, debug, enabled};

use super::Resident;

/// Before the event is acted on: the tasks that it ends are still known.
pub(super) fn note(resident: &Resident, event: &Event) {
    // The hot path: without a reader, an event costs this question.
    if !enabled!(Level::DEBUG) {
        return;
    }
    let execution = &*resident.arn;
    if let EventKind::StateEntered { state, .. } = &event.kind {
        debug!(execution, %state, "state entered");
    } else if let EventKind::TaskScheduled(task) = &event.kind {
        let (state, attempt, queue) = (&*task.state, task.attempt, &*task.queue);
        debug!(execution, state, attempt, queue, "task scheduled");
    } else if let EventKind::RetryScheduled { state, count, until, failure, .. } = &event.kind {
        let error = failure.error.as_deref();
        // The first retry follows the first attempt.
        debug!(execution, %state, attempt = count, error, %until, "retry scheduled");
    } else if let Some((status, failure)) = event.kind.end() {
        let error = failure.and_then(|failure| failure.error.as_deref());
        debug!(execution, ?status, error, "execution ended");
    } else {
        note_task(resident, event);
    }
}

fn note_task(resident: &Resident, event: &Event) {
    if let EventKind::TaskStarted { wait, worker, .. } = &event.kind {
        let ((execution, state, attempt), worker) = (resident.place(*wait), worker.as_deref());
        debug!(execution, state, attempt, worker, "task handed out");
    } else if let EventKind::TaskSucceeded { wait, .. } = &event.kind {
        let (execution, state, attempt) = resident.place(*wait);
        debug!(execution, state, attempt, "task succeeded");
    } else if let EventKind::TaskFailed { wait, failure, .. }
    | EventKind::TaskTimedOut { wait, failure, .. } = &event.kind
    {
        let (execution, state, attempt) = resident.place(*wait);
        let error = failure.error.as_deref();
        debug!(execution, state, attempt, error, "task failed");
    }
}

impl Resident {
    /// ARN, state and attempt of a task, as log lines carry them. A wait that is no open task has no state here.
    pub(super) fn place(&self, wait: WaitId) -> (&str, Option<&str>, Option<u32>) {
        let task = self.tasks.get(&wait);
        (&self.arn, task.map(|task| &*task.state), task.map(|task| task.attempt))
    }
}
