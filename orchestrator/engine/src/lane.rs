//! A lane: the executions of one core. Sync and clever: it takes mail in, decides, and performs what has been
//! committed; the driver around it does the waiting.

mod batch;
mod children;
mod driver;
mod express;
mod handle;
mod journal;
mod mail;
mod map_runs;
mod perform;
mod redrive;
mod report;
mod resident;
mod setback;

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use execution::event::{Failure, OfferedAgain};
use execution::{Execution, ExecutionId, Outside, Refusal, Status, Tokens, Trigger, WaitId};
use store::{NamespaceId, NodeId};
use tokio::sync::mpsc;
use tracing::{debug, error};

pub(crate) use batch::{Answer, Batch, StartOutcome, Unit, Written};
pub(crate) use driver::{Deposed, Driver};
pub(crate) use express::Express;
pub(crate) use handle::{LaneHandle, Lanes};
pub(crate) use mail::{Heard, Mail, RedriveMail, StartMail};
pub(crate) use perform::ended_by;
use resident::Due;
pub(crate) use resident::Resident;

use crate::border::Border;
use crate::children::ChildOrder;
use crate::clock::Clock;
use crate::config::EngineConfig;
use crate::error::EngineError;
use crate::map_runs::MapRunOrder;
use crate::open_executions::{Open, OpenExecutions};
use crate::task_queue::{Reservation, TaskQueues};
use crate::timers::{Timers, Watch};
use crate::watchers::Watchers;

/// What the lanes of a node share.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) config: Arc<EngineConfig>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) queues: Arc<TaskQueues>,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) open: Arc<OpenExecutions>,
    pub(crate) lanes: Lanes,
    pub(crate) border: Arc<dyn Border>,
    /// Calls that start executions, to be made after the commit that holds them.
    pub(crate) children: mpsc::UnboundedSender<ChildOrder>,
    /// What map runs ask for, after the commits that hold it.
    pub(crate) map_runs: mpsc::UnboundedSender<MapRunOrder>,
}

#[derive(Debug)]
pub(crate) struct Lane {
    around: Surroundings,
    /// Of this term: a node that joins again has another.
    node: NodeId,
    handle: LaneHandle,
    residents: HashMap<ExecutionId, Resident>,
    timers: Timers,
    /// Executions whose decision panicked or whose rows were refused, with the reason: read back and quarantined
    /// once the batch is through.
    poisoned: BTreeMap<ExecutionId, Poison>,
    seeds: SeedSource,
}

/// Why an execution is to be quarantined.
#[derive(Debug)]
struct Poison {
    arn: Arc<str>,
    reason: String,
}

impl Lane {
    pub(crate) fn new(around: Surroundings, handle: LaneHandle, node: NodeId, seed: u64) -> Self {
        Self {
            around,
            node,
            handle,
            residents: HashMap::new(),
            timers: Timers::default(),
            poisoned: BTreeMap::new(),
            seeds: SeedSource(seed),
        }
    }

    /// Takes one mail in: what it decides joins the batch, what needs no event is done at once.
    pub(crate) fn take_in(&mut self, mail: Mail, batch: &mut Batch) {
        match mail {
            Mail::Start(start) => self.start(*start, batch),
            Mail::Report { id, trigger, reply } => {
                let result = self.decide(id, trigger, batch);
                batch.answer(id, Answer::Done(reply, result));
            }
            Mail::Stop { id, failure, reply } => self.stop(id, failure, reply, batch),
            Mail::Redrive(redrive) => self.redrive(*redrive, batch),
            Mail::Take { id, wait, reservation } => self.take(id, wait, reservation, batch),
            Mail::Heartbeat { id, wait, reply } => reply.send(self.sign_of_life(id, wait)),
            Mail::Acknowledge { id, wait, reply } => reply.send(self.acknowledge(id, wait)),
            Mail::GiveBack { id, wait, reply } => {
                let result = self.offer_again(id, wait, OfferedAgain::GivenBack, batch);
                batch.answer(id, Answer::Done(reply, result));
            }
            Mail::SessionBroken { id, wait, session } => {
                self.session_broken(id, wait, session, batch);
            }
            Mail::Hear { id, messages } => self.hear(id, messages, batch),
            Mail::AwaitEnd { id, reply } => self.await_end(id, reply),
            Mail::Adopt(resident) => self.adopt(*resident, batch),
            Mail::Resume { id } => self.ignore_refusal(id, Trigger::Resume, batch),
        }
    }

    /// Decides whatever is due by the early edge of the clock's error.
    pub(crate) fn fire_timers(&mut self, batch: &mut Batch) {
        // Nor before the time that the batch's events will bear.
        let now = self.around.clock.earliest().min(batch.now());
        while let Some((id, watch)) = self.timers.pop_due(now) {
            match watch {
                Watch::Deadline => self.ignore_refusal(id, Trigger::DeadlineDue, batch),
                Watch::Wait(wait) => self.wait_due(id, wait, now, batch),
            }
            if batch.is_full(&self.around.config) {
                return;
            }
        }
    }

    fn start(&mut self, mail: StartMail, batch: &mut Batch) {
        let StartMail {
            id,
            new,
            machine,
            namespace,
            arn,
            trigger,
            reply,
            started,
            waits,
            end,
            open_max,
        } = mail;
        if self.residents.contains_key(&id) {
            // A child that was asked for twice: its first start is durable, or in this batch.
            batch.answer(id, Answer::Started(reply, started));
            return;
        }
        let is_express = trigger.express.is_some();
        let open = match self.room(namespace, is_express, open_max) {
            Ok(open) => open,
            Err(full) => {
                reply.send(Err(full));
                return;
            }
        };
        let mut resident = Resident::new(Execution::begin(id), machine, namespace, arn);
        resident.open = open;
        resident.ends.extend(end);
        let mut new = Some(new);
        resident.express =
            trigger.express.and_then(|keeps| new.take().map(|new| Express::new(keeps, waits, new)));
        self.residents.insert(id, resident);
        match self.decide(id, Trigger::Start(trigger), batch) {
            Ok(()) => {
                if let Some(new) = new {
                    batch.start(id, new);
                }
                batch.answer(id, Answer::Started(reply, started));
            }
            Err(error) => {
                self.residents.remove(&id);
                reply.send(Err(error));
            }
        }
    }

    /// For one more execution, which is counted among the open ones unless it is Express.
    fn room(
        &self,
        namespace: NamespaceId,
        is_express: bool,
        open_max: Option<u64>,
    ) -> Result<Option<Open>, EngineError> {
        let bound = self.around.config.residents_max;
        if self.residents.len() >= bound {
            return Err(EngineError::exhausted("executions in memory", bound));
        }
        if is_express {
            return Ok(None);
        }
        self.around.open.open(namespace, open_max).map(Some)
    }

    fn stop(
        &mut self,
        id: ExecutionId,
        failure: Failure,
        reply: crate::reply::Reply<DateTime<Utc>>,
        batch: &mut Batch,
    ) {
        let result = self.decide(id, Trigger::Stop { failure }, batch).map(|()| batch.now());
        batch.answer(id, Answer::Stopped(reply, result));
    }

    /// A worker came for a task that was offered. A task that is gone frees the worker for the next.
    fn take(&mut self, id: ExecutionId, wait: WaitId, reservation: Reservation, batch: &mut Batch) {
        let (worker, is_silent) = (reservation.worker.clone(), reservation.session.is_silent);
        if self.decide(id, Trigger::TaskTaken { wait, worker, is_silent }, batch).is_ok() {
            batch.reserve(id, wait, reservation);
        }
    }

    fn sign_of_life(&mut self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        let now = self.around.clock.now();
        let held = self.resident(id)?.handed_out(wait)?;
        held.acknowledged = true;
        held.last_sign = now;
        Ok(())
    }

    fn acknowledge(&mut self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        self.resident(id)?.handed_out(wait)?.acknowledged = true;
        Ok(())
    }

    fn offer_again(
        &mut self,
        id: ExecutionId,
        wait: WaitId,
        reason: OfferedAgain,
        batch: &mut Batch,
    ) -> Result<(), EngineError> {
        self.resident(id)?.handed_out(wait)?;
        self.decide(id, Trigger::OfferAgain { wait, reason }, batch)
    }

    /// Only while the hand-out is the broken session's and unacknowledged: a task that was begun goes on without it.
    fn session_broken(&mut self, id: ExecutionId, wait: WaitId, session: u64, batch: &mut Batch) {
        let Ok(held) = self.resident(id).and_then(|resident| resident.handed_out(wait)) else {
            return;
        };
        let of_session = held.session.as_ref().is_some_and(|end| end.id == session);
        if of_session && !held.acknowledged {
            let trigger = Trigger::OfferAgain { wait, reason: OfferedAgain::SessionBroken };
            self.ignore_refusal(id, trigger, batch);
        }
    }

    fn wait_due(&mut self, id: ExecutionId, wait: WaitId, now: DateTime<Utc>, batch: &mut Batch) {
        let Ok(resident) = self.resident(id) else { return };
        let trigger = match resident.due(wait, now) {
            Due::At(at) => {
                self.timers.set(id, Watch::Wait(wait), at);
                return;
            }
            Due::Never => return,
            Due::Timer => Trigger::TimerDue { wait },
            Due::Heartbeat => Trigger::HeartbeatMissed { wait },
            Due::Acknowledgement => {
                let (execution, state, attempt) = resident.place(wait);
                debug!(execution, state, attempt, "a hand-out was not acknowledged");
                Trigger::OfferAgain { wait, reason: OfferedAgain::Unacknowledged }
            }
        };
        self.ignore_refusal(id, trigger, batch);
    }

    /// A timer or an offer that comes too late is no news to anybody.
    fn ignore_refusal(&mut self, id: ExecutionId, trigger: Trigger, batch: &mut Batch) {
        if let Err(refusal) = self.decide(id, trigger, batch) {
            // One that has ended is known no longer.
            let arn = self.residents.get(&id).map(|resident| &*resident.arn);
            debug!(execution = arn, execution_id = %id, %refusal, "a late trigger had no effect");
        }
    }

    fn resident(&mut self, id: ExecutionId) -> Result<&mut Resident, EngineError> {
        self.residents.get_mut(&id).ok_or(EngineError::UnknownExecution)
    }

    /// Decides and applies in memory; the events join the execution's unit of the batch.
    fn decide(
        &mut self,
        id: ExecutionId,
        trigger: Trigger,
        batch: &mut Batch,
    ) -> Result<(), EngineError> {
        let seed = self.seeds.next();
        let resident = self.residents.get_mut(&id).ok_or(EngineError::UnknownExecution)?;
        let border = &*self.around.border;
        let namespace = resident.namespace;
        let token = |wait: WaitId| border.task_token(namespace, id, wait);
        let outside = Outside { now: batch.now(), seed, tokens: Tokens(&token) };
        let processed = catch_unwind(AssertUnwindSafe(|| {
            resident.execution.process(&resident.machine, trigger, outside)
        }));
        let decision = match processed {
            Ok(Ok(decision)) => decision,
            Ok(Err(refusal)) => return Err(refused(refusal)),
            Err(panic) => return Err(self.poison(id, panic.as_ref(), batch)),
        };
        if decision.more {
            self.handle.send(Mail::Resume { id });
        }
        let begun = resident.tasks_begun(&decision);
        let written = resident.rows(&decision);
        batch.collect(id, decision, written);
        // A task for which a worker waits is handed out in the commit that schedules it.
        for (wait, queue) in begun {
            if let Some(reservation) = self.around.queues.reserve(namespace, &queue) {
                self.take(id, wait, reservation, batch);
            }
        }
        Ok(())
    }

    /// A bug in one execution's decision is that execution's alone.
    fn poison(
        &mut self,
        id: ExecutionId,
        panic: &(dyn std::any::Any + Send),
        batch: &mut Batch,
    ) -> EngineError {
        let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        let arn = self.residents.remove(&id).map(|resident| resident.arn).unwrap_or_default();
        error!(execution = %arn, panic = %text, "a decision panicked; the execution is quarantined");
        batch.forget(id);
        self.timers.clear_all(id);
        self.poisoned.insert(id, Poison { arn, reason: format!("a decision panicked: {text}") });
        EngineError::unavailable("the execution has been quarantined")
    }
}

fn refused(refusal: Refusal) -> EngineError {
    match refusal {
        Refusal::UnknownWait => EngineError::TaskOver,
        Refusal::Closed => EngineError::ExecutionEnded,
        Refusal::Running => EngineError::NotRedrivable { status: Status::Running },
        Refusal::Succeeded => EngineError::NotRedrivable { status: Status::Succeeded },
        Refusal::HistoryFull => EngineError::HistoryFull,
        Refusal::Quarantined { reason } => {
            EngineError::unavailable(format!("the execution is quarantined: {reason}"))
        }
        Refusal::AlreadyStarted | Refusal::NotStarted | Refusal::NotQuarantined => {
            EngineError::Refused { reason: refusal.to_string() }
        }
    }
}

/// A seed per decision: `SplitMix64` over a random beginning.
#[derive(Debug)]
struct SeedSource(u64);

impl SeedSource {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
