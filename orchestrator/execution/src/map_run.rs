//! Map runs as the fold knows them: each run of an execution, its counts and its open children. Kept after a run's end,
//! for whoever describes it.

mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Draw, Payload};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::event::{ChildStatus, MapRunLimits, MapRunStarted};
use crate::execution::Execution;
use crate::id::{BranchId, ExecutionId, Seq, WaitId};

pub use work::CHILDREN_AT_A_TIME_MAX;
pub(crate) use work::{Stage, Work};

#[derive(Debug, Clone, PartialEq)]
pub struct MapRun {
    /// Names it within its execution.
    pub wait: WaitId,
    pub started: Arc<MapRunStarted>,
    /// `{"reader": …, "batch": …, "writer": …}`, as the fields' templates rendered.
    pub documents: Payload,
    pub limits: MapRunLimits,
    pub status: MapRunStatus,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub items: Counts,
    pub executions: Counts,
    /// By number.
    pub open: BTreeMap<u64, OpenChild>,
    /// Those that ended without success; a redrive runs them again, and those that were open when the run ended.
    pub unsuccessful: BTreeMap<u64, OpenChild>,
    pub redrive_count: u64,
    pub redriven_at: Option<DateTime<Utc>>,
    pub asks: Asks,
    pub(crate) branch: BranchId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapRunStatus {
    Running,
    Succeeded,
    Failed,
    Aborted,
}

/// A child that has not ended, as far as its parent knows.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenChild {
    pub items: u64,
    pub input: Payload,
    /// The time of the parent's event: the child's id begins with it.
    pub started_at: DateTime<Utc>,
    /// How often it is to have been redriven.
    pub redrives: u64,
}

/// What the run waits for from outside, beside its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    Nothing,
    /// The items from this number on.
    Items {
        from: u64,
    },
    /// That the results are written.
    Results,
}

/// What became of items, or of children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub total: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub aborted: u64,
    pub results_written: u64,
    /// Of those that did not succeed before a redrive: not yet begun again.
    pub pending_redrive: u64,
}

impl Counts {
    pub fn pending(&self) -> u64 {
        let begun = self.running + self.ended() + self.pending_redrive;
        self.total.saturating_sub(begun)
    }

    pub fn unsuccessful(&self) -> u64 {
        self.failed + self.timed_out + self.aborted
    }

    fn ended(&self) -> u64 {
        self.succeeded + self.unsuccessful()
    }

    pub(crate) fn begin(&mut self, count: u64) {
        self.running += count;
        self.total = self.total.max(self.running + self.ended() + self.pending_redrive);
    }

    /// Nothing runs, and what has not succeeded will run again.
    pub(crate) fn redrive(&mut self) {
        self.pending_redrive += self.running + self.unsuccessful();
        (self.running, self.failed, self.timed_out, self.aborted) = (0, 0, 0, 0);
    }

    pub(crate) fn begin_again(&mut self, count: u64) {
        self.pending_redrive = self.pending_redrive.saturating_sub(count);
        self.running += count;
    }

    pub(crate) fn end(&mut self, count: u64, status: ChildStatus) {
        self.running = self.running.saturating_sub(count);
        *match status {
            ChildStatus::Succeeded => &mut self.succeeded,
            ChildStatus::Failed => &mut self.failed,
            ChildStatus::TimedOut => &mut self.timed_out,
            ChildStatus::Aborted => &mut self.aborted,
        } += count;
    }
}

impl Execution {
    /// Those of this execution, in the order they were started.
    pub fn map_runs(&self) -> impl Iterator<Item = &MapRun> {
        self.map_runs.values()
    }

    pub fn map_run(&self, wait: WaitId) -> Option<&MapRun> {
        self.map_runs.get(&wait)
    }
}

impl ExecutionId {
    /// A map run's own: its execution's, with the number of the event that starts the run in the last 32 bits.
    pub fn of_map_run(self, started: Seq) -> Uuid {
        Uuid::from_u128(self.0.as_u128() & !0xffff_ffff | u128::from(started.0) & 0xffff_ffff)
    }

    /// The least and the greatest id of an execution that a map run's id can have been made of.
    pub fn around_map_run(run: Uuid) -> (Self, Self) {
        let bits = run.as_u128();
        let of = |bits| Self(Uuid::from_u128(bits));
        (of(bits & !0xffff_ffff), of(bits | 0xffff_ffff))
    }

    /// A child of a map run: always the same for the same number, so that it is started once.
    #[must_use]
    pub fn of_child(self, wait: WaitId, child: u64, started_at: DateTime<Utc>) -> Self {
        let (high, low) = self.0.as_u64_pair();
        let mut mixed = low;
        for part in [high, wait.0, child] {
            mixed = Draw::new(mixed ^ part).next_u64();
        }
        let more = Draw::new(mixed).next_u64();
        Self::new(started_at, self.home(), u128::from(mixed) | u128::from(more) << 64)
    }
}

impl WaitId {
    /// The wait of the run in its execution, out of the run's own id.
    pub fn of_map_run(run: Uuid) -> Self {
        Self(u64::try_from(run.as_u128() & 0xffff_ffff).expect("32 bits fit"))
    }
}

/// `…:stateMachine:NAME` as `…:KIND:NAME/LABEL:ID`, as AWS names map runs and their children. A child's own machine has a label already.
pub fn arn_below(machine_arn: &str, kind: &str, label: &str, id: &str) -> String {
    let (place, machine) = machine_arn.split_once(":stateMachine:").unwrap_or((machine_arn, ""));
    let machine = machine.split(['/', ':']).next().unwrap_or_default();
    format!("{place}:{kind}:{machine}/{label}:{id}")
}
