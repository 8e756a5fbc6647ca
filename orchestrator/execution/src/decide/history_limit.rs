//! AWS's limit of 25,000 events, where the namespace sets one: the last event that fits is an end, or `ExecutionFailed`.
//!
//! Seen on AWS: event 25,000 is the failure, event 24,999 the last one of the machine's, and the failure points at it.

use asl::names;

use crate::draft::Draft;
use crate::event::{EventKind, Failure};
use crate::execution::Execution;
use crate::id::{BranchId, PublicId};

impl Execution {
    /// Whether a redrive and what must follow it do not fit any more.
    pub(super) fn history_is_full(&self) -> bool {
        let facts = self.facts.as_deref();
        facts.is_some_and(|facts| facts.settings.is_history_full(self.last_public_id))
    }

    /// The limit, where the events after the first `applied` ones reach it and do not end the execution there.
    pub(crate) fn history_exceeded(&self, draft: &Draft, applied: usize) -> Option<u64> {
        let limit = self.facts.as_deref()?.settings.history_events_max?;
        let last = draft.last_public_id();
        if last.0 < limit || last == self.last_public_id {
            return None;
        }
        // AWS says it of a success; that a failure, a timeout and a stop stand as well is our choice.
        let is_end = draft.events[applied..].iter().any(|event| event.kind.end().is_some());
        (last.0 > limit || !is_end).then_some(limit)
    }

    /// No retrier and no catcher hears of it: the events that they would make have no room.
    pub(crate) fn fail_at_history_limit(&self, limit: u64, draft: &mut Draft) {
        self.close_waits(draft);
        let cause =
            format!("The execution reached the maximum number of history events ({limit}).");
        let kind = EventKind::ExecutionFailed(Failure::new(names::RUNTIME, cause));
        draft.push(BranchId(0), self.last_public_id, None, kind);
    }
}

impl crate::event::Settings {
    /// As AWS has it: of 25,000 events a redrive needs the last but one.
    pub fn is_history_full(&self, last: PublicId) -> bool {
        self.history_events_max.is_some_and(|limit| last.0 + 1 >= limit)
    }
}
