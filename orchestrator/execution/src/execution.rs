//! One execution: the fold over its events.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use asl::StateMachine;
use asl::context::ExecutionContext;
use chrono::{DateTime, TimeDelta, Utc};

use crate::branch::Branch;
use crate::draft::Draft;
use crate::event::{Event, EventKind, Parent, Settings};
use crate::id::{BranchId, ExecutionId, PublicId, Seq, WaitId};
use crate::instant::truncated;
use crate::map_run::MapRun;
use crate::message::Outgoing;
use crate::redrive::Redrives;
use crate::trigger::Trigger;

/// Transitions per call of [`Execution::process`]: a Choice that loops for ever gives way to its neighbours this often.
pub const TRANSITIONS_MAX: usize = 1024;

/// A call ends, too, once its events carry this much: one row of history stays small enough to commit beside others.
pub const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    pub(crate) id: ExecutionId,
    pub(crate) status: Status,
    pub(crate) quarantine: Option<String>,
    pub(crate) last_seq: Seq,
    pub(crate) last_public_id: PublicId,
    pub(crate) updated_at: DateTime<Utc>,
    /// `None` before the first event.
    pub(crate) facts: Option<Box<Facts>>,
    /// The open ones.
    pub(crate) branches: BTreeMap<BranchId, Branch>,
    pub(crate) branches_made: u64,
    /// Of the values of all their variables.
    pub(crate) variable_bytes: usize,
    /// Branches that can go on, the one that waited longest first.
    pub(crate) ready: BTreeSet<(Seq, BranchId)>,
    pub(crate) waits: BTreeMap<WaitId, BranchId>,
    pub(crate) map_runs: BTreeMap<WaitId, MapRun>,
    /// Branches that were cut short within states that have not been left: what a redrive begins again.
    pub(crate) remains: BTreeMap<BranchId, Branch>,
    pub(crate) redrives: Redrives,
}

/// What stays the same from the first event on.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) context: Arc<ExecutionContext>,
    /// What `$$` is, whatever the facts: in the test of a single state alone.
    pub(crate) given_context: Option<serde_json::Value>,
    pub(crate) region: Arc<str>,
    pub(crate) deadline: Option<DateTime<Utc>>,
    /// From a start, or a redrive, to the deadline.
    pub(crate) time_limit: Option<TimeDelta>,
    /// Its first state.
    pub(crate) start_at: Arc<str>,
    pub(crate) settings: Settings,
    pub(crate) parent: Option<Parent>,
}

/// The context is read only; the rest says enough.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.context.id == other.context.id
            && self.context.input == other.context.input
            && self.context.started_at == other.context.started_at
            && self.context.redrive_count == other.context.redrive_count
            && self.context.redriven_at == other.context.redriven_at
            && self.region == other.region
            && self.deadline == other.deadline
            && self.settings == other.settings
            && self.parent == other.parent
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// What a decision takes from outside: it knows no clock, no randomness and no secrets.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    pub now: DateTime<Utc>,
    pub seed: u64,
    pub tokens: Tokens<'a>,
}

/// Makes the text of the task token for a wait of this execution: the same whenever it is asked.
#[derive(Clone, Copy)]
pub struct Tokens<'a>(pub &'a dyn Fn(WaitId) -> String);

impl Tokens<'_> {
    pub(crate) fn of(self, wait: WaitId) -> String {
        (self.0)(wait)
    }
}

impl fmt::Debug for Tokens<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// What a trigger made of an execution, applied already; to be committed as one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Of the first event.
    pub first_seq: Seq,
    /// Of the first public event, whether or not there is one.
    pub first_public_id: PublicId,
    /// The time of the events.
    pub at: DateTime<Utc>,
    pub events: Vec<Event>,
    /// To be sent by the same commit.
    pub messages: Vec<Outgoing>,
    /// The bound on transitions was reached: send [`Trigger::Resume`].
    pub more: bool,
}

/// Why a trigger has no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the wait is not open: its answer came before, it was superseded, or it never was")]
    UnknownWait,
    #[error("the execution has ended")]
    Closed,
    #[error("the execution runs and can't be redriven")]
    Running,
    #[error("the execution has succeeded and can't be redriven")]
    Succeeded,
    #[error("the execution's history has no room for a redrive")]
    HistoryFull,
    #[error("the execution is quarantined: {reason}")]
    Quarantined { reason: String },
    #[error("the execution has begun already")]
    AlreadyStarted,
    #[error("the execution has not begun")]
    NotStarted,
    #[error("the execution is not quarantined")]
    NotQuarantined,
}

impl Execution {
    /// Before the first event.
    pub fn begin(id: ExecutionId) -> Self {
        Self {
            id,
            status: Status::Running,
            quarantine: None,
            last_seq: Seq::default(),
            last_public_id: PublicId::default(),
            updated_at: DateTime::UNIX_EPOCH,
            facts: None,
            branches: BTreeMap::new(),
            branches_made: 0,
            variable_bytes: 0,
            ready: BTreeSet::new(),
            waits: BTreeMap::new(),
            map_runs: BTreeMap::new(),
            remains: BTreeMap::new(),
            redrives: Redrives::default(),
        }
    }

    pub fn id(&self) -> ExecutionId {
        self.id
    }

    pub fn status(&self) -> Status {
        self.status
    }

    /// Why nothing happens until an operator acts.
    pub fn quarantine(&self) -> Option<&str> {
        self.quarantine.as_deref()
    }

    pub fn is_quarantined(&self) -> bool {
        self.quarantine.is_some()
    }

    pub fn last_seq(&self) -> Seq {
        self.last_seq
    }

    pub fn last_public_id(&self) -> PublicId {
        self.last_public_id
    }

    /// The time of the last event.
    pub fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// By the machine's `TimeoutSeconds`.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        self.facts.as_ref().and_then(|facts| facts.deadline)
    }

    /// Whose child it is.
    pub fn parent(&self) -> Option<&Parent> {
        self.facts.as_ref().and_then(|facts| facts.parent.as_ref())
    }

    /// The next event is number `seq` or later. An Express execution that begins again counts from further on, so that no wait
    /// bears the id of one before: an old answer finds an unknown wait. So does a fold of what it wrote then.
    pub fn count_from(&mut self, seq: Seq) {
        self.last_seq = self.last_seq.max(Seq(seq.0.saturating_sub(1)));
    }

    /// Whether a branch can go on without a trigger of its own: after a recovery, send [`Trigger::Resume`].
    pub fn has_ready(&self) -> bool {
        !self.is_quarantined() && !self.ready.is_empty()
    }

    /// One trigger, whole: decides a transition, applies its events, again until every branch waits or a
    /// bound ([`TRANSITIONS_MAX`], [`PAYLOAD_BYTES_MAX`], [`asl::Steps::MAX`]) is reached.
    pub fn process(
        &mut self,
        machine: &StateMachine,
        trigger: Trigger,
        outside: Outside<'_>,
    ) -> Result<Decision, Refusal> {
        // Time stands still rather than run backwards within a history.
        let at = truncated(outside.now).max(self.updated_at);
        let outside = Outside { now: at, ..outside };
        let mut draft = Draft::after(self.last_seq, self.last_public_id, outside.seed);
        self.decide_trigger(machine, trigger, at, &mut draft)?;
        let mut messages = Vec::new();
        let mut applied = self.apply_within_limit(&mut draft, 0, at, &mut messages);
        let mut transitions = 0;
        while self.has_ready()
            && transitions < TRANSITIONS_MAX
            && draft.payload_bytes < PAYLOAD_BYTES_MAX
            && !draft.is_dear()
        {
            let Some((_, branch)) = self.ready.first().copied() else { break };
            if let Err(fault) = self.decide(machine, branch, outside, &mut draft) {
                draft.cut(applied, self.last_public_id);
                draft.internal(branch, EventKind::Quarantined { reason: fault.to_string() });
            }
            applied = self.apply_within_limit(&mut draft, applied, at, &mut messages);
            transitions += 1;
        }
        Ok(Decision {
            first_seq: draft.first_seq,
            first_public_id: draft.first_public_id,
            at,
            events: draft.events,
            messages,
            more: self.has_ready(),
        })
    }

    /// What was decided, or, where the history would grow beyond its limit, the failure in its place.
    fn apply_within_limit(
        &mut self,
        draft: &mut Draft,
        applied: usize,
        at: DateTime<Utc>,
        messages: &mut Vec<Outgoing>,
    ) -> usize {
        let Some(limit) = self.history_exceeded(draft, applied) else {
            return self.apply_from(draft, applied, at, messages);
        };
        draft.cut(applied, PublicId(limit - 1));
        let applied = self.apply_from(draft, applied, at, messages);
        self.fail_at_history_limit(limit, draft);
        self.apply_from(draft, applied, at, messages)
    }

    fn apply_from(
        &mut self,
        draft: &Draft,
        applied: usize,
        at: DateTime<Utc>,
        messages: &mut Vec<Outgoing>,
    ) -> usize {
        for event in draft.events.iter().skip(applied) {
            messages.extend(self.outgoing(event, at));
            self.apply(event, at);
        }
        draft.events.len()
    }
}
