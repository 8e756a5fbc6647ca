//! The only writer: folds one event into the state. Evaluates nothing, so that a fixed bug in an expression can't change the past.

mod children;
mod map_run;
mod redrive;
mod task;

use std::sync::Arc;

use asl::context::ExecutionContext;
use asl::retry::Origin;
use asl::{Assignment, Payload};
use chrono::{DateTime, Utc};

use crate::branch::{Branch, Doing, Fault, Phase, Visit};
use crate::event::{Event, EventKind, ExecutionStarted, Failure, StateType, TimeLimit};
use crate::execution::{Execution, Facts, Status};
use crate::id::{BranchId, PublicId, Seq, WaitId};
use crate::wait::StartedTask;

/// One event's place in the fold.
#[derive(Debug, Clone, Copy)]
struct At<'a> {
    event: &'a Event,
    seq: Seq,
    /// Its own, if it is public.
    id: PublicId,
    time: DateTime<Utc>,
}

impl At<'_> {
    fn wait(&self) -> WaitId {
        WaitId(self.seq.0)
    }

    /// The document that this kind of event always carries.
    fn payload(&self) -> Payload {
        self.event.payload.clone().unwrap_or_else(|| Payload::trusted("null"))
    }
}

impl Execution {
    /// Folds an event in; `at` is its row's time. An event whose branch or wait is not there has no effect.
    pub fn apply(&mut self, event: &Event, at: DateTime<Utc>) {
        self.last_seq = Seq(self.last_seq.0 + 1);
        if event.kind.is_public() {
            self.last_public_id = PublicId(self.last_public_id.0 + 1);
        }
        self.updated_at = at;
        let at = At { event, seq: self.last_seq, id: self.last_public_id, time: at };
        self.fold(at);
        self.settle(event.branch, at.seq);
    }

    #[expect(clippy::too_many_lines, reason = "one match over the whole enum")]
    fn fold(&mut self, at: At<'_>) {
        match &at.event.kind {
            EventKind::ExecutionStarted(started) => self.begin_root(at, started),
            EventKind::ExecutionSucceeded => self.close(at, Status::Succeeded),
            EventKind::ExecutionFailed(_) => self.close(at, Status::Failed),
            EventKind::ExecutionTimedOut(_) => self.close(at, Status::TimedOut),
            EventKind::ExecutionAborted(_) => self.close(at, Status::Aborted),
            EventKind::ExecutionRedriven(redriven) => self.reopen(at, redriven),

            EventKind::StateEntered { state, state_type } => self.enter(at, state, *state_type),
            EventKind::StateExited { next, assigned, .. } => self.exit(at, next.clone(), assigned),
            EventKind::StateAborted { wait, .. } => self.abort(at, *wait),

            EventKind::CallbackOpened => self.open_callback(at),
            EventKind::TaskScheduled(task) => self.schedule_task(at, task),
            EventKind::TaskStarted {
                worker,
                deadline,
                heartbeat_seconds,
                again,
                is_silent,
                ..
            } => {
                let started = StartedTask {
                    worker: worker.clone(),
                    is_silent: *is_silent,
                    at: at.time,
                    deadline: *deadline,
                    heartbeat_seconds: *heartbeat_seconds,
                };
                self.start_task(at, started, *again);
            }
            EventKind::TaskSubmitted { child, .. } => self.submit_task(at, child.clone()),
            EventKind::TaskSucceeded { wait, .. } => {
                self.end_task(at, *wait, Doing::Result(at.payload()));
            }
            EventKind::TaskFailed { wait, failure, .. } => {
                self.end_task(at, *wait, failed(failure, Origin::Elsewhere));
            }
            EventKind::TaskTimedOut { wait, failure, limit, .. } => {
                let origin = match limit {
                    TimeLimit::Timeout => Origin::Elsewhere,
                    TimeLimit::Heartbeat => Origin::MissedHeartbeat,
                };
                self.end_task(at, *wait, failed(failure, origin));
            }
            EventKind::TaskOfferedAgain { wait, .. } => self.offer_again(at, *wait),

            EventKind::RetryScheduled { retrier, count, until, failure, .. } => {
                self.schedule_retry(at, (*retrier, *count), *until, failure);
            }
            EventKind::RetryDue { wait } => self.end_wait(at, *wait, Doing::Run),
            EventKind::TimerStarted { until, .. } => {
                self.begin_wait(at, Doing::Timer { wait: at.wait(), until: *until });
            }
            EventKind::TimerFired { wait } => self.end_wait(at, *wait, Doing::TimerOver),

            EventKind::ParallelStarted { first, starts, .. } => {
                self.begin_parallel(at, *first, starts);
            }
            EventKind::MapStarted {
                start, max_concurrency, tolerated_failures, length, ..
            } => {
                let limits = (*max_concurrency, *tolerated_failures);
                self.begin_map(at, start, *length, limits);
            }
            // The state's exit points at its last child, not at these.
            EventKind::ParallelSucceeded { .. } | EventKind::MapSucceeded { .. } => {}
            EventKind::EvaluationFailed { .. } => self.advance(at),
            EventKind::ParallelFailed { .. } | EventKind::MapFailed { .. } => self.fail_join(at),
            EventKind::MapIterationStarted { index, child, .. } => {
                self.begin_iteration(at, *index, *child);
            }
            EventKind::MapIterationSucceeded { child, .. } => self.end_iteration(at, *child),
            EventKind::MapIterationFailed { child, .. } => self.fail_iteration(at, *child),
            EventKind::MapIterationAborted { child, .. } => self.cut_branch(*child),
            EventKind::MapIterationResumed { index, child } => {
                self.resume_iteration(at, *index, *child);
            }
            EventKind::MapItemsFound { .. } => self.find_items(at),
            EventKind::MapRunStarted(started) => self.begin_map_run(at, started),
            EventKind::MapRun { wait, step } => self.go_on_with_map_run(at, *wait, step),
            EventKind::BranchClosed { .. } => self.cut_branch(at.event.branch),

            EventKind::Quarantined { reason } => self.quarantine = Some(reason.clone()),
            EventKind::Released => self.quarantine = None,
        }
    }

    fn advance(&mut self, at: At<'_>) {
        if let Some(branch) = self.branches.get_mut(&at.event.branch) {
            branch.last = at.id;
        }
    }

    fn begin_root(&mut self, at: At<'_>, started: &ExecutionStarted) {
        let context = ExecutionContext {
            id: started.execution_arn.clone(),
            input: at.payload(),
            name: started.name.clone(),
            role_arn: started.role_arn.clone(),
            started_at: at.time,
            redrive_count: 0,
            redriven_at: None,
            machine_id: started.machine_arn.clone(),
            machine_name: started.machine_name.clone(),
        };
        // arn:partition:service:region:…
        let region = started.machine_arn.split(':').nth(3).unwrap_or_default();
        self.facts = Some(Box::new(Facts {
            context: Arc::new(context),
            given_context: None,
            region: region.into(),
            deadline: started.deadline,
            time_limit: started.deadline.map(|deadline| deadline - at.time),
            start_at: started.start_at.clone(),
            settings: started.settings,
            parent: started.parent.clone(),
        }));
        // AWS's first state entered points at 0, not at ExecutionStarted.
        let root = Branch::new(None, PublicId(0), started.start_at.clone(), at.payload());
        self.branches.insert(BranchId(0), root);
        self.branches_made = 1;
    }

    fn close(&mut self, at: At<'_>, status: Status) {
        self.abort_map_runs(at);
        self.status = status;
        if status == Status::Succeeded {
            self.branches.clear();
        }
        self.remains.append(&mut self.branches);
        self.variable_bytes = 0;
        self.ready.clear();
        self.waits.clear();
    }

    fn enter(&mut self, at: At<'_>, state: &Arc<str>, state_type: StateType) {
        let input = at.payload();
        let Some(branch) = self.branches.get_mut(&at.event.branch) else { return };
        branch.last = at.id;
        branch.phase = Phase::In(Box::new(Visit {
            state: state.clone(),
            state_type,
            entered_at: at.time,
            entered_id: at.id,
            entered_after: at.event.previous,
            begun_at: at.time,
            input,
            retries: Vec::new(),
            token: None,
            doing: Doing::Run,
        }));
    }

    fn exit(&mut self, at: At<'_>, next: Option<Arc<str>>, assigned: &[Assignment]) {
        let Some(branch) = self.branches.get_mut(&at.event.branch) else { return };
        for assignment in assigned {
            let replaced = branch.variables.own_bytes_of(&assignment.name);
            self.variable_bytes += assignment.value.text().len();
            self.variable_bytes -= replaced;
            branch.variables.assign(assignment.clone());
        }
        branch.last = at.id;
        self.forget_remains(at.event.branch);
        let Some(branch) = self.branches.get_mut(&at.event.branch) else { return };
        let output = at.payload();
        if let Some(state) = next {
            branch.phase = Phase::Enter { state, input: output };
        } else {
            branch.phase = Phase::Ended { output };
            self.end_of_branch(at.event.branch, at.seq);
        }
    }

    fn schedule_retry(
        &mut self,
        at: At<'_>,
        (retrier, count): (u32, u32),
        until: DateTime<Utc>,
        failure: &Failure,
    ) {
        self.forget_remains(at.event.branch);
        let Some(branch) = self.branches.get_mut(&at.event.branch) else { return };
        branch.last = at.event.previous;
        let Some(visit) = branch.visit_mut() else { return };
        visit.retries.retain(|(used, _)| *used != retrier);
        visit.retries.push((retrier, count));
        let doing = Doing::Retry { wait: at.wait(), until, count, failure: failure.clone() };
        self.begin_wait(at, doing);
    }

    fn begin_wait(&mut self, at: At<'_>, doing: Doing) {
        let Some(visit) = self.visit_mut(at.event.branch) else { return };
        visit.doing = doing;
        self.waits.insert(at.wait(), at.event.branch);
    }

    fn end_wait(&mut self, at: At<'_>, wait: WaitId, doing: Doing) {
        self.waits.remove(&wait);
        self.forget_waits(at.event.branch);
        if let Some(visit) = self.visit_mut(at.event.branch) {
            visit.doing = doing;
        }
    }

    fn forget_waits(&mut self, branch: BranchId) {
        let Some(visit) = self.branches.get(&branch).and_then(Branch::visit) else { return };
        for wait in visit.waits() {
            self.waits.remove(&wait);
        }
    }

    fn abort(&mut self, at: At<'_>, wait: Option<WaitId>) {
        if let Some(wait) = wait {
            self.waits.remove(&wait);
        }
        self.forget_waits(at.event.branch);
        if let Some(visit) = self.visit_mut(at.event.branch) {
            visit.abort();
        }
    }

    fn visit_mut(&mut self, branch: BranchId) -> Option<&mut Visit> {
        self.branches.get_mut(&branch).and_then(Branch::visit_mut)
    }

    /// Puts the branch where its phase says: at the end of the ready queue, or out of it.
    fn settle(&mut self, id: BranchId, seq: Seq) {
        let Some(branch) = self.branches.get_mut(&id) else { return };
        if let Some(since) = branch.ready_since.take() {
            self.ready.remove(&(since, id));
        }
        if branch.is_ready() {
            branch.ready_since = Some(seq);
            self.ready.insert((seq, id));
        }
    }

    /// Forgets a branch that has ended or was closed.
    fn remove_branch(&mut self, id: BranchId) -> Option<Branch> {
        let branch = self.branches.remove(&id)?;
        self.variable_bytes -= branch.variables.own_bytes();
        if let Some(since) = branch.ready_since {
            self.ready.remove(&(since, id));
        }
        for wait in branch.visit().into_iter().flat_map(Visit::waits) {
            self.waits.remove(&wait);
        }
        if let Some(join) = branch.parent.and_then(|parent| self.join_mut(parent.branch)) {
            join.children.remove(&id);
        }
        Some(branch)
    }
}

fn failed(failure: &Failure, origin: Origin) -> Doing {
    Doing::Failed(Fault::new(failure.clone(), origin))
}
