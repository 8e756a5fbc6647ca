//! What a running map run has at hand: items that wait for a child, results, and whether it can go on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use asl::Payload;

use crate::event::{BatchLimits, Failure, MapRunLimits, MapRunStarted};
use crate::id::{PublicId, WaitId};

/// Children of one run at a time, whatever it asks for: each is an execution in memory.
pub const CHILDREN_AT_A_TIME_MAX: usize = 1000;

/// More items are asked for while fewer than this wait for a child.
const ITEMS_AT_HAND_MIN: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Runs,
    /// It had ended; its execution is open again, and it is about to be.
    Stopped,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Work {
    pub(crate) wait: WaitId,
    pub(crate) started_id: PublicId,
    pub(crate) started: Arc<MapRunStarted>,
    pub(crate) limits: MapRunLimits,
    /// `BatchInput`.
    pub(crate) batch_input: Option<Payload>,
    /// Read, and not yet a child's.
    pub(crate) items: VecDeque<Payload>,
    pub(crate) bytes_at_hand: usize,
    /// Items that a child has got: the number of the first one at hand.
    pub(crate) taken: u64,
    pub(crate) reading: bool,
    pub(crate) read_all: bool,
    pub(crate) children: u64,
    pub(crate) open: usize,
    pub(crate) stage: Stage,
    /// Children that are to run again, before others begin.
    pub(crate) again: BTreeSet<u64>,
    pub(crate) failed_items: u64,
    /// By child, unless a `ResultWriter` takes them.
    pub(crate) results: BTreeMap<u64, Payload>,
    pub(crate) result_bytes: u64,
    pub(crate) writing: bool,
    pub(crate) written: Option<Payload>,
    pub(crate) broken: Option<Failure>,
}

impl Work {
    pub(crate) fn new(
        wait: WaitId,
        started_id: PublicId,
        started: &Arc<MapRunStarted>,
        documents: &Payload,
    ) -> Self {
        let batch_input = documents.value().get("batch").cloned().map(Payload::from_value);
        Self {
            wait,
            started_id,
            started: Arc::clone(started),
            limits: started.limits,
            batch_input,
            items: VecDeque::new(),
            bytes_at_hand: 0,
            taken: 0,
            reading: false,
            read_all: false,
            children: 0,
            open: 0,
            stage: Stage::Runs,
            again: BTreeSet::new(),
            failed_items: 0,
            results: BTreeMap::new(),
            result_bytes: 0,
            writing: false,
            written: None,
            broken: None,
        }
    }

    /// Takes in an array of items. Answers how many there are.
    pub(crate) fn add_items(&mut self, items: &Payload, done: bool) -> u64 {
        let items = items.elements().unwrap_or_default();
        let count = items.len() as u64;
        for item in items {
            self.bytes_at_hand += item.text().len();
            self.items.push_back(item);
        }
        self.reading = false;
        self.read_all = done;
        count
    }

    /// Gives the next items away.
    pub(crate) fn take_items(&mut self, count: u64) -> Vec<Payload> {
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(self.items.len());
        let taken: Vec<Payload> = self.items.drain(..count).collect();
        self.bytes_at_hand -= taken.iter().map(|item| item.text().len()).sum::<usize>();
        self.taken += taken.len() as u64;
        taken
    }

    /// A redrive asks anew for what was asked for, and goes on with the items that were read.
    pub(crate) fn stop(&mut self) {
        self.stage = Stage::Stopped;
        self.reading = false;
        self.writing = false;
        self.written = None;
        self.broken = None;
        self.open = 0;
        self.failed_items = 0;
    }

    /// `again`: what has not succeeded.
    pub(crate) fn redrive(&mut self, again: BTreeSet<u64>) {
        self.stage = Stage::Runs;
        for child in &again {
            if let Some(result) = self.results.remove(child) {
                self.result_bytes -= result.text().len() as u64 + 1;
            }
        }
        self.again = again;
    }

    /// How many children may begin now.
    pub(crate) fn startable(&self) -> usize {
        let none_to_begin = self.items.is_empty() || !self.has_a_batch();
        if none_to_begin && self.again.is_empty() {
            return 0;
        }
        self.window().saturating_sub(self.open)
    }

    pub(crate) fn wants_items(&self) -> bool {
        let is_low = self.items.len() < ITEMS_AT_HAND_MIN || !self.has_a_batch();
        !self.read_all && !self.reading && self.broken.is_none() && is_low
    }

    pub(crate) fn is_over(&self) -> bool {
        self.read_all && self.items.is_empty() && self.open == 0 && self.again.is_empty()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.stage == Stage::Stopped
            || self.has_failed()
            || self.startable() > 0
            || self.wants_items()
            || (self.is_over() && (!self.writing || self.written.is_some()))
    }

    /// Whether more has failed than may. A share is known once every item is.
    pub(crate) fn exceeds_tolerance(&self) -> bool {
        let MapRunLimits { tolerated_failure_count, tolerated_failure_percentage, .. } =
            self.limits;
        let failed = self.failed_items;
        let by_count = tolerated_failure_count.map(|count| failed > count);
        let by_share = tolerated_failure_percentage
            .map(|percentage| self.read_all && self.share_failed() > percentage);
        match (by_count, by_share) {
            (None, None) => failed > 0,
            (by_count, by_share) => by_count == Some(true) || by_share == Some(true),
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.broken.is_some() || self.exceeds_tolerance()
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 items")]
    fn share_failed(&self) -> f64 {
        let total = self.taken + self.items.len() as u64;
        if total == 0 { 0.0 } else { self.failed_items as f64 * 100.0 / total as f64 }
    }

    fn window(&self) -> usize {
        match usize::try_from(self.limits.max_concurrency).unwrap_or(usize::MAX) {
            0 => CHILDREN_AT_A_TIME_MAX,
            asked => asked.min(CHILDREN_AT_A_TIME_MAX),
        }
    }

    /// Whether a batch would be no larger if more were read.
    fn has_a_batch(&self) -> bool {
        let Some(BatchLimits { items, bytes }) = self.started.batch else { return true };
        let full =
            |at_hand: usize, limit: Option<u64>| limit.is_some_and(|it| at_hand as u64 >= it);
        self.read_all || full(self.items.len(), items) || full(self.bytes_at_hand, bytes)
    }
}
