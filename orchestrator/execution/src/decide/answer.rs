//! What a trigger means: the events that it makes at once, or why it has no effect.

use std::sync::Arc;

use asl::{Payload, StateMachine, names};
use chrono::{DateTime, Utc};

use super::fail::too_large;
use crate::branch::{Branch, Doing, TaskWait, Visit};
use crate::draft::Draft;
use crate::event::{
    EventKind, ExecutionRedriven, ExecutionStarted, Failure, OfferedAgain, Settings, TaskScheduled,
    TimeLimit,
};
use crate::execution::{Execution, Refusal, Status};
use crate::express::SECONDS_MAX;
use crate::id::{BranchId, PublicId, WaitId};
use crate::instant::after;
use crate::message::Message;
use crate::trigger::{Redrive, Start, Trigger};

/// AWS's limit of a Task without `TimeoutSeconds`.
const TASK_TIMEOUT_SECONDS_DEFAULT: u64 = 99_999_999;

impl Execution {
    pub(crate) fn decide_trigger(
        &self,
        machine: &StateMachine,
        trigger: Trigger,
        now: DateTime<Utc>,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        self.check_open(&trigger)?;
        match trigger {
            Trigger::Start(start) => {
                begin(machine, *start, now, draft);
                Ok(())
            }
            Trigger::TaskTaken { wait, worker, is_silent } => {
                self.take(wait, (worker, is_silent), now, draft)
            }
            Trigger::TaskSucceeded { wait, output } => self.succeed(wait, &output, draft),
            Trigger::TaskFailed { wait, failure } => {
                let (branch, task) = self.answerable(wait)?;
                self.fail_task(branch, task, failure, draft);
                Ok(())
            }
            Trigger::ChildStarted { wait, child } => self.child_started(wait, *child, draft),
            Trigger::Message(message) => self.hear(*message, draft),
            Trigger::HeartbeatMissed { wait } => {
                let (branch, task) = self.started_task(wait)?;
                self.time_out(branch, task, TimeLimit::Heartbeat, draft);
                Ok(())
            }
            Trigger::OfferAgain { wait, reason } => self.offer_again_by(wait, reason, draft),
            Trigger::TimerDue { wait } => self.timer_due(wait, now, draft),
            Trigger::MapRun { wait, report } => self.report_to_map_run(wait, report, draft),
            Trigger::DeadlineDue => {
                if self.deadline().is_some_and(|deadline| deadline <= now) {
                    let failure = Failure { error: Some(names::TIMEOUT.to_owned()), cause: None };
                    self.close_waits(draft);
                    draft.push(
                        BranchId(0),
                        PublicId(0),
                        None,
                        EventKind::ExecutionTimedOut(failure),
                    );
                }
                Ok(())
            }
            Trigger::Stop { failure } => {
                self.stop(failure, draft);
                Ok(())
            }
            Trigger::Redrive(redrive) => self.redrive(redrive, now, draft),
            Trigger::Resume => Ok(()),
            Trigger::Quarantine { reason } => {
                draft.internal(BranchId(0), EventKind::Quarantined { reason });
                Ok(())
            }
            Trigger::Release => {
                draft.internal(BranchId(0), EventKind::Released);
                Ok(())
            }
        }
    }

    /// A quarantined execution is open to its operator alone.
    fn check_open(&self, trigger: &Trigger) -> Result<(), Refusal> {
        match (self.status, matches!(trigger, Trigger::Redrive(_))) {
            (Status::Running, false) => {}
            (Status::Failed | Status::TimedOut | Status::Aborted, true) => return Ok(()),
            (Status::Running, true) => return Err(Refusal::Running),
            (Status::Succeeded, true) => return Err(Refusal::Succeeded),
            (_, false) => return Err(Refusal::Closed),
        }
        match (self.facts.is_some(), trigger) {
            (true, Trigger::Start(_)) => return Err(Refusal::AlreadyStarted),
            (false, Trigger::Start(_)) => return Ok(()),
            (false, _) => return Err(Refusal::NotStarted),
            (true, _) => {}
        }
        let is_operators = if let Trigger::Message(message) = trigger {
            // As good as an operator's stop.
            matches!(**message, Message::ParentLeft { .. })
        } else {
            matches!(trigger, Trigger::Release | Trigger::Stop { .. })
        };
        match &self.quarantine {
            Some(reason) if !is_operators => Err(Refusal::Quarantined { reason: reason.clone() }),
            None if matches!(trigger, Trigger::Release) => Err(Refusal::NotQuarantined),
            Some(_) | None => Ok(()),
        }
    }

    fn take(
        &self,
        wait: WaitId,
        (worker, is_silent): (Option<Arc<str>>, bool),
        now: DateTime<Utc>,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let (branch, task) = self.task(wait)?;
        if task.started.is_some() || wait != task.wait {
            return Err(Refusal::UnknownWait);
        }
        let settings = self.facts.as_ref().map(|facts| facts.settings).unwrap_or_default();
        let kind = EventKind::TaskStarted {
            wait,
            worker,
            deadline: Some(deadline(&task.task, settings, now)),
            heartbeat_seconds: task.task.heartbeat_seconds,
            again: task.again,
            is_silent,
            family: task.task.family.clone(),
        };
        draft.push(branch, self.last_of(branch), None, kind);
        Ok(())
    }

    fn succeed(&self, wait: WaitId, output: &Payload, draft: &mut Draft) -> Result<(), Refusal> {
        let (branch, task) = self.answerable(wait)?;
        let bytes_max =
            self.facts.as_ref().map_or(u64::MAX, |facts| facts.settings.payload_bytes_max);
        if output.text().len() as u64 > bytes_max {
            self.fail_task(branch, task, too_large(task.task.limit_name()), draft);
            return Ok(());
        }
        let family = task.task.family.clone();
        let (kind, output) = if wait != task.wait || task.submitted {
            // By its token: the answer is the result as it stands.
            (EventKind::TaskSucceeded { wait: task.wait, family }, trimmed(output))
        } else if task.callback.is_some() {
            let kind = EventKind::TaskSubmitted { wait, family, child: None };
            (kind, task.task.result_of(trimmed(output)))
        } else {
            (EventKind::TaskSucceeded { wait, family }, task.task.result_of(trimmed(output)))
        };
        draft.push(branch, self.last_of(branch), Some(output), kind);
        Ok(())
    }

    pub(super) fn fail_task(
        &self,
        branch: BranchId,
        task: &TaskWait,
        failure: Failure,
        draft: &mut Draft,
    ) {
        let family = task.task.family.clone();
        let kind = EventKind::TaskFailed { wait: task.wait, failure, family };
        draft.push(branch, self.last_of(branch), None, kind);
    }

    /// AWS records `States.Timeout` for both limits, without a cause.
    fn time_out(&self, branch: BranchId, task: &TaskWait, limit: TimeLimit, draft: &mut Draft) {
        let failure = Failure { error: Some(names::TIMEOUT.to_owned()), cause: None };
        let family = task.task.family.clone();
        let kind = EventKind::TaskTimedOut { wait: task.wait, failure, family, limit };
        draft.push(branch, self.last_of(branch), None, kind);
    }

    fn offer_again_by(
        &self,
        wait: WaitId,
        reason: OfferedAgain,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let (branch, task) = self.started_task(wait)?;
        let is_with_a_worker = wait == task.wait && !task.submitted && task.task.child.is_none();
        if !is_with_a_worker {
            return Err(Refusal::UnknownWait);
        }
        draft.internal(branch, EventKind::TaskOfferedAgain { wait, reason });
        Ok(())
    }

    /// A timer that comes early has no effect: the engine's clock may differ, the history's may not.
    fn timer_due(
        &self,
        wait: WaitId,
        now: DateTime<Utc>,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let (branch, visit) = self.waiting(wait)?;
        match &visit.doing {
            Doing::Retry { until, .. } if *until <= now => {
                draft.internal(branch, EventKind::RetryDue { wait });
            }
            Doing::Timer { until, .. } if *until <= now => {
                draft.internal(branch, EventKind::TimerFired { wait });
            }
            Doing::Task(task) => {
                let deadline = task.started.as_ref().and_then(|started| started.deadline);
                if deadline.is_some_and(|deadline| deadline <= now) {
                    self.time_out(branch, task, TimeLimit::Timeout, draft);
                }
            }
            Doing::Retry { .. }
            | Doing::Timer { .. }
            | Doing::Run
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Join(_)
            | Doing::Items(_)
            | Doing::MapRun(_)
            | Doing::Aborted(_) => {}
        }
        Ok(())
    }

    fn waiting(&self, wait: WaitId) -> Result<(BranchId, &Visit), Refusal> {
        let branch = self.waits.get(&wait).ok_or(Refusal::UnknownWait)?;
        let visit = self.branches.get(branch).and_then(Branch::visit);
        Ok((*branch, visit.ok_or(Refusal::UnknownWait)?))
    }

    pub(crate) fn task(&self, wait: WaitId) -> Result<(BranchId, &TaskWait), Refusal> {
        let (branch, visit) = self.waiting(wait)?;
        let Doing::Task(task) = &visit.doing else { return Err(Refusal::UnknownWait) };
        Ok((branch, task))
    }

    /// Whoever has the token got it by the call, even one that a worker began and gave back.
    fn answerable(&self, wait: WaitId) -> Result<(BranchId, &TaskWait), Refusal> {
        match self.task(wait)? {
            (branch, task) if wait != task.wait => Ok((branch, task)),
            _ => self.started_task(wait),
        }
    }

    fn started_task(&self, wait: WaitId) -> Result<(BranchId, &TaskWait), Refusal> {
        let (branch, task) = self.task(wait)?;
        if task.started.is_none() {
            return Err(Refusal::UnknownWait);
        }
        Ok((branch, task))
    }

    pub(super) fn stop(&self, failure: Failure, draft: &mut Draft) {
        self.close_waits(draft);
        draft.push(BranchId(0), PublicId(0), None, EventKind::ExecutionAborted(failure));
    }

    fn redrive(
        &self,
        redrive: Redrive,
        now: DateTime<Utc>,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        if self.history_is_full() {
            return Err(Refusal::HistoryFull);
        }
        let limit = self.facts.as_ref().and_then(|facts| facts.time_limit);
        let redriven = ExecutionRedriven {
            count: redrive.count.unwrap_or(self.redrive_count() + 1),
            deadline: limit.and_then(|limit| now.checked_add_signed(limit)),
            client_token: redrive.client_token,
            afresh: redrive.afresh,
        };
        let kind = EventKind::ExecutionRedriven(Box::new(redriven));
        draft.push(BranchId(0), self.last_public_id, None, kind);
        Ok(())
    }

    pub(super) fn last_of(&self, branch: BranchId) -> PublicId {
        self.branches.get(&branch).map_or(PublicId(0), |branch| branch.last)
    }
}

/// When an attempt that starts now times out.
pub(crate) fn deadline(
    task: &TaskScheduled,
    settings: Settings,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let seconds = task.timeout_seconds.or(settings.default_task_timeout_seconds);
    after(now, seconds.unwrap_or(TASK_TIMEOUT_SECONDS_DEFAULT))
}

fn begin(machine: &StateMachine, start: Start, now: DateTime<Utc>, draft: &mut Draft) {
    let is_child = start.processor.is_some();
    let (start_at, timeout_seconds) = match start.processor {
        Some(processor) => (processor.start_at, processor.timeout_seconds),
        None => (machine.state(machine.root.start_at).name.clone(), machine.timeout_seconds),
    };
    // AWS limits no Express history; an Express child is known by its limit in time.
    let is_express = start.express.is_some() || (is_child && timeout_seconds.is_some());
    let timeout_seconds = match start.express {
        Some(_) => Some(timeout_seconds.unwrap_or(SECONDS_MAX).min(SECONDS_MAX)),
        None => timeout_seconds,
    };
    let started = ExecutionStarted {
        name: start.name,
        execution_arn: start.execution_arn,
        machine_arn: start.machine_arn,
        started_by: start.started_by,
        machine_name: start.machine_name,
        role_arn: start.role_arn,
        deadline: timeout_seconds.map(|seconds| after(now, seconds)),
        start_at,
        settings: Settings {
            history_events_max: start.settings.history_events_max.filter(|_| !is_express),
            ..start.settings
        },
        parent: start.parent,
        express: start.express,
    };
    let kind = EventKind::ExecutionStarted(Box::new(started));
    draft.push(BranchId(0), PublicId(0), Some(trimmed(&start.input)), kind);
}

/// White space around a document is no part of it; what is within stays to the letter.
fn trimmed(payload: &Payload) -> Payload {
    let text = payload.text().trim_matches([' ', '\t', '\r', '\n']);
    if text.len() == payload.text().len() { payload.clone() } else { Payload::trusted(text) }
}
