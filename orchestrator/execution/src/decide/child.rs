//! Executions that a task has started: the answer to the call, and the end of a child that the task waits for.

use asl::{Payload, names};

use super::fail::too_large;
use crate::branch::{Branch, Doing, TaskWait, Visit};
use crate::draft::Draft;
use crate::event::{EventKind, Failure, StartedChild};
use crate::execution::{Execution, Refusal, Status};
use crate::id::{BranchId, ExecutionId, PublicId, WaitId};
use crate::instant::truncated;
use crate::message::{EndedChild, Message};
use crate::states::child::{answer, description};

impl Execution {
    pub(super) fn child_started(
        &self,
        wait: WaitId,
        child: StartedChild,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let (branch, task) = self.call(wait)?;
        if task.submitted {
            return Err(Refusal::UnknownWait);
        }
        let child = StartedChild { started_at: truncated(child.started_at), ..child };
        let (family, output) = (task.task.family.clone(), answer(&child));
        let kind = if task.task.goes_on_after_call() {
            EventKind::TaskSubmitted { wait, family, child: Some(Box::new(child)) }
        } else {
            EventKind::TaskSucceeded { wait, family }
        };
        draft.push(branch, self.last_of(branch), Some(output), kind);
        Ok(())
    }

    pub(super) fn hear(&self, message: Message, draft: &mut Draft) -> Result<(), Refusal> {
        match message {
            Message::ChildEnded { wait, number: Some(number), child } => {
                self.child_of_map_run_ended((wait, number), *child, draft)
            }
            Message::ChildEnded { wait, number: None, child } => {
                self.child_ended(wait, &child, draft)
            }
            // Meant for an attempt before this one.
            Message::ParentLeft { redrives } if redrives < self.redrive_count() => {
                Err(Refusal::UnknownWait)
            }
            Message::ParentLeft { .. } => {
                self.stop(Failure::default(), draft);
                Ok(())
            }
        }
    }

    fn child_ended(
        &self,
        wait: WaitId,
        child: &EndedChild,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let (branch, task) = self.call(wait)?;
        if !task.task.awaits_child() {
            return Err(Refusal::UnknownWait);
        }
        let mut last = self.last_of(branch);
        if !task.submitted {
            // The child was faster than the answer to the call.
            last = submit(branch, last, task, child, draft);
        }
        let family = task.task.family.clone();
        let described = description(child, task.task.is_sync_2());
        let failure = match child.status {
            Status::Succeeded if self.is_too_large(&described) => {
                Some(too_large(task.task.limit_name()))
            }
            Status::Succeeded => None,
            Status::Running | Status::Failed | Status::TimedOut | Status::Aborted => {
                Some(Failure::new(names::TASK_FAILED, described.text()))
            }
        };
        let (payload, kind) = match failure {
            Some(failure) => (None, EventKind::TaskFailed { wait, failure, family }),
            None => (Some(described), EventKind::TaskSucceeded { wait, family }),
        };
        draft.push(branch, last, payload, kind);
        Ok(())
    }

    /// A call that the orchestrator itself makes.
    fn call(&self, wait: WaitId) -> Result<(BranchId, &TaskWait), Refusal> {
        let (branch, task) = self.task(wait)?;
        if task.task.child.is_none() {
            return Err(Refusal::UnknownWait);
        }
        Ok((branch, task))
    }

    /// The child whose end the wait awaits.
    pub(crate) fn awaited_child(&self, wait: WaitId) -> Option<ExecutionId> {
        let branch = self.waits.get(&wait)?;
        let visit = self.branches.get(branch).and_then(Branch::visit)?;
        let task = task_of(visit).filter(|task| task.task.awaits_child())?;
        task.child.as_ref().map(|child| child.id).or(task.task.child)
    }

    fn is_too_large(&self, payload: &Payload) -> bool {
        let bytes_max = self.facts.as_ref().map(|facts| facts.settings.payload_bytes_max);
        bytes_max.is_some_and(|bytes_max| payload.text().len() as u64 > bytes_max)
    }
}

fn task_of(visit: &Visit) -> Option<&TaskWait> {
    if let Doing::Task(task) = &visit.doing { Some(task) } else { None }
}

fn submit(
    branch: BranchId,
    last: PublicId,
    task: &TaskWait,
    child: &EndedChild,
    draft: &mut Draft,
) -> PublicId {
    let started =
        StartedChild { id: child.id, arn: (&*child.arn).into(), started_at: child.started_at };
    let (family, output) = (task.task.family.clone(), answer(&started));
    let kind = EventKind::TaskSubmitted { wait: task.wait, family, child: Some(Box::new(started)) };
    draft.push(branch, last, Some(output), kind)
}
