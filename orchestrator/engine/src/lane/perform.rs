//! After the commit: hand tasks out, arm timers, tell whoever waits. Nothing here may run before its batch is durable.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use execution::event::{Event, EventKind, TaskScheduled};
use execution::wait::WaitKind;
use execution::{ExecutionId, Status, WaitId};
use store::NamespaceId;
use tracing::info;

use super::resident::{HandedOut, Task};
use super::{Batch, Lane, Mail, Poison, Resident, Unit, journal};
use crate::engine::Ended;
use crate::task_queue::{HandOut, Offer, Reservation};
use crate::timers::Watch;

/// Where a lane is in a history; `number` is the wait's id, should the event begin one.
#[derive(Debug, Clone, Copy)]
struct Here {
    id: ExecutionId,
    at: DateTime<Utc>,
    number: WaitId,
}

impl Lane {
    /// Acts on a unit that is durable, or that stays in memory.
    pub(crate) fn perform(&mut self, unit: Unit) {
        let is_written = unit.is_written();
        let Unit { id, at, first_seq, events, mut reservations, answers, sent, .. } = unit;
        let mut ended = None;
        for (number, event) in (first_seq.0..).zip(events) {
            let here = Here { id, at, number: WaitId(number) };
            ended = ended.or(self.perform_event(here, &event, &mut reservations));
        }
        for answer in answers {
            answer.give();
        }
        self.deliver(sent);
        if is_written {
            self.around.watchers.notify(id, ended.is_some());
        }
        if let Some(ended) = ended {
            self.end(id, &ended);
        }
    }

    fn end(&mut self, id: ExecutionId, ended: &Ended) {
        self.timers.clear_all(id);
        let Some(resident) = self.residents.remove(&id) else { return };
        for (wait, task) in &resident.tasks {
            cancel(id, *wait, task);
        }
        self.end_runs(&resident);
        for reply in resident.ends {
            reply.send(Ok(ended.clone()));
        }
    }

    /// What one event asks for.
    fn perform_event(
        &mut self,
        here: Here,
        event: &Event,
        reservations: &mut BTreeMap<WaitId, Reservation>,
    ) -> Option<Ended> {
        let Here { id, at, number } = here;
        if let Some(resident) = self.residents.get(&id) {
            journal::note(resident, event);
        }
        match &event.kind {
            EventKind::ExecutionStarted(started) => {
                self.watch_deadline(id, started.deadline);
            }
            EventKind::ExecutionRedriven(redriven) => {
                self.watch_deadline(id, redriven.deadline);
            }
            EventKind::ExecutionSucceeded
            | EventKind::ExecutionFailed(_)
            | EventKind::ExecutionTimedOut(_)
            | EventKind::ExecutionAborted(_) => return ended_by(event, at),
            EventKind::TaskScheduled(scheduled) => {
                let handed_out_now = reservations.contains_key(&number);
                self.task_scheduled(here, scheduled, event, handed_out_now);
            }
            EventKind::TaskStarted { wait, deadline, heartbeat_seconds, .. } => {
                let heartbeat = heartbeat_seconds.map(Duration::from_secs);
                match reservations.remove(wait) {
                    Some(reservation) => {
                        self.hand_out(id, *wait, (at, *deadline, heartbeat), reservation);
                    }
                    None => self.begin_without_worker((id, *wait), (at, *deadline, heartbeat)),
                }
            }
            EventKind::TaskSubmitted { wait, .. } => self.submitted(id, *wait, at),
            EventKind::TaskOfferedAgain { wait, .. } => {
                let handed_out_now = reservations.contains_key(&number);
                self.task_offered_again(id, *wait, number, handed_out_now);
            }
            // The worker itself ended it and need not be told.
            EventKind::TaskSucceeded { wait, .. } | EventKind::TaskFailed { wait, .. } => {
                self.wait_ended(id, *wait, false);
            }
            EventKind::TaskTimedOut { wait, .. } => self.wait_ended(id, *wait, true),
            EventKind::StateAborted { wait, .. } | EventKind::BranchClosed { wait } => {
                if let Some(wait) = wait {
                    self.wait_ended(id, *wait, true);
                }
            }
            EventKind::RetryScheduled { until, .. } | EventKind::TimerStarted { until, .. } => {
                self.timers.set(id, Watch::Wait(number), *until);
            }
            EventKind::MapRun { wait, step } => self.map_run(id, *wait, step),
            EventKind::RetryDue { wait } | EventKind::TimerFired { wait } => {
                self.timers.clear(id, Watch::Wait(*wait));
            }
            // An operator must act, and sees it in describe.
            EventKind::Quarantined { .. } => self.timers.clear_all(id),
            EventKind::Released => self.rearm(id),
            // Control passed on; nothing waits outside.
            EventKind::EvaluationFailed { .. }
            | EventKind::StateEntered { .. }
            | EventKind::StateExited { .. }
            | EventKind::CallbackOpened
            | EventKind::ParallelStarted { .. }
            | EventKind::ParallelSucceeded { .. }
            | EventKind::ParallelFailed { .. }
            | EventKind::MapItemsFound { .. }
            | EventKind::MapRunStarted(_)
            | EventKind::MapStarted { .. }
            | EventKind::MapSucceeded { .. }
            | EventKind::MapFailed { .. }
            | EventKind::MapIterationStarted { .. }
            | EventKind::MapIterationSucceeded { .. }
            | EventKind::MapIterationFailed { .. }
            | EventKind::MapIterationAborted { .. }
            | EventKind::MapIterationResumed { .. } => {}
        }
        None
    }

    fn watch_deadline(&mut self, id: ExecutionId, deadline: Option<DateTime<Utc>>) {
        if let Some(deadline) = deadline {
            self.timers.set(id, Watch::Deadline, deadline);
        }
    }

    fn task_scheduled(
        &mut self,
        here: Here,
        scheduled: &TaskScheduled,
        event: &Event,
        handed_out_now: bool,
    ) {
        let Here { id, at, number: wait } = here;
        let Some(resident) = self.residents.get_mut(&id) else { return };
        let task = Task {
            state: Arc::clone(&scheduled.state),
            queue: Arc::clone(&scheduled.queue),
            attempt: scheduled.attempt,
            hand_outs_before: 0,
            scheduled_at: at,
            input: scheduled
                .worker_input(event.payload.as_ref().expect("a scheduled task carries its input")),
            handed_out: None,
            callback: scheduled.callback,
        };
        let (namespace, queue) = (resident.namespace, Arc::clone(&task.queue));
        resident.tasks.insert(wait, task);
        if scheduled.child.is_some() {
            self.call((id, wait), scheduled, event);
        } else if !handed_out_now {
            self.offer(id, wait, namespace, &queue);
        }
    }

    fn task_offered_again(
        &mut self,
        id: ExecutionId,
        old: WaitId,
        fresh: WaitId,
        handed_out_now: bool,
    ) {
        self.timers.clear(id, Watch::Wait(old));
        let Some(resident) = self.residents.get_mut(&id) else { return };
        let Some(mut task) = resident.tasks.remove(&old) else { return };
        cancel(id, old, &task);
        info!(execution = %resident.arn, state = %task.state, attempt = task.attempt, "a task is offered again");
        task.hand_outs_before += 1;
        task.handed_out = None;
        let (namespace, queue) = (resident.namespace, Arc::clone(&task.queue));
        resident.tasks.insert(fresh, task);
        if !handed_out_now {
            self.offer(id, fresh, namespace, &queue);
        }
    }

    fn offer(&self, id: ExecutionId, wait: WaitId, namespace: NamespaceId, queue: &Arc<str>) {
        let offer = Offer { id, wait, lane: self.handle.clone() };
        self.around.queues.offer(namespace, queue, offer);
    }

    fn hand_out(
        &mut self,
        id: ExecutionId,
        wait: WaitId,
        times: (DateTime<Utc>, Option<DateTime<Utc>>, Option<Duration>),
        reservation: Reservation,
    ) {
        let Some(resident) = self.residents.get_mut(&id) else { return };
        let Some(task) = resident.tasks.get_mut(&wait) else { return };
        let (started_at, deadline, heartbeat) = times;
        let acknowledge_in = TimeDelta::from_std(self.around.config.handout_ack)
            .expect("a setting of a few seconds fits");
        let handed_out = HandedOut {
            acknowledged: false,
            session: Some(reservation.session.holder(self.node)),
            acknowledge_by: started_at + acknowledge_in,
            last_sign: started_at,
            heartbeat,
            deadline,
        };
        if let Some(next) = handed_out.next() {
            self.timers.set(id, Watch::Wait(wait), next);
        }
        let session = reservation.session.id;
        let hand_out = HandOut {
            node: self.node,
            id,
            wait,
            namespace: resident.namespace,
            queue: Arc::clone(&task.queue),
            input: task.input.clone(),
            attempt: task.attempt,
            hand_outs_before: task.hand_outs_before,
            execution_arn: Arc::clone(&resident.arn),
            state: Arc::clone(&task.state),
            scheduled_at: task.scheduled_at,
            started_at,
            deadline,
            heartbeat,
        };
        task.handed_out = Some(handed_out);
        if reservation.hand_out(hand_out).is_err() {
            self.handle.send(Mail::SessionBroken { id, wait, session });
        }
    }

    fn wait_ended(&mut self, id: ExecutionId, wait: WaitId, tell_worker: bool) {
        self.timers.clear(id, Watch::Wait(wait));
        let Some(resident) = self.residents.get_mut(&id) else { return };
        if let Some(task) = resident.tasks.remove(&wait)
            && tell_worker
        {
            cancel(id, wait, &task);
        }
    }

    /// Takes over an execution that was folded from its history: arms its timers and offers its tasks.
    pub(crate) fn adopt(&mut self, mut resident: Resident, batch: &mut Batch) {
        let id = resident.execution.id();
        if resident.execution.status() != Status::Running || self.residents.contains_key(&id) {
            // One that has ended needs no quarantine: the redrive that failed has not opened it.
            self.poisoned.remove(&id);
            return;
        }
        let now = self.around.clock.now();
        let grace = TimeDelta::from_std(self.around.config.announce_grace)
            .expect("a setting of a few seconds fits");
        self.begin_again(&mut resident);
        resident.restore_tasks(now, now + grace);
        let ready = resident.execution.has_ready();
        if resident.express.is_none() {
            // What runs is counted, whatever the limit.
            resident.open = self.around.open.open(resident.namespace, None).ok();
        }
        self.residents.insert(id, resident);
        if let Some(Poison { reason, .. }) = self.poisoned.remove(&id) {
            self.ignore_refusal(id, execution::Trigger::Quarantine { reason }, batch);
            return;
        }
        self.rearm(id);
        self.ask_again(id);
        if ready {
            self.ignore_refusal(id, execution::Trigger::Resume, batch);
        }
    }

    /// Timers and offers of everything that an execution waits for.
    fn rearm(&mut self, id: ExecutionId) {
        let Some(resident) = self.residents.get(&id) else { return };
        if resident.execution.is_quarantined() {
            return;
        }
        if let Some(deadline) = resident.execution.deadline() {
            self.timers.set(id, Watch::Deadline, deadline);
        }
        for branch in resident.execution.open_branches() {
            match branch.waits_for {
                WaitKind::Retry { wait, until, .. } | WaitKind::Timer { wait, until } => {
                    self.timers.set(id, Watch::Wait(wait), until);
                }
                WaitKind::Task(task) => self.call_again(id, &task),
                WaitKind::Nothing | WaitKind::Join { .. } => {}
            }
        }
        for (wait, task) in &resident.tasks {
            let Some(handed_out) = &task.handed_out else {
                self.offer(id, *wait, resident.namespace, &task.queue);
                continue;
            };
            if let Some(next) = handed_out.next() {
                self.timers.set(id, Watch::Wait(*wait), next);
            }
        }
    }
}

/// How the execution ended, where the event ends it.
pub(crate) fn ended_by(event: &Event, at: DateTime<Utc>) -> Option<Ended> {
    let (status, failure) = event.kind.end()?;
    let failure = failure.cloned().unwrap_or_default();
    Some(Ended { status, ended_at: at, output: event.payload.clone(), failure })
}

fn cancel(id: ExecutionId, wait: WaitId, task: &Task) {
    if let Some(session) = task.handed_out.as_ref().and_then(|out| out.session.as_ref()) {
        session.cancel(id, wait);
    }
}
