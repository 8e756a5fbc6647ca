//! What a lane has to do at which time. A timer leaves when what it watches ends, so memory follows the open waits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use execution::{ExecutionId, WaitId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Watch {
    /// `TimeoutSeconds` of the machine.
    Deadline,
    /// A Wait state, a retry, or whatever comes first for a task: acknowledgement, heartbeat or timeout.
    Wait(WaitId),
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(DateTime<Utc>, ExecutionId, Watch)>,
    set: BTreeMap<(ExecutionId, Watch), DateTime<Utc>>,
}

impl Timers {
    /// One time a watch: a later call moves it.
    pub(crate) fn set(&mut self, id: ExecutionId, watch: Watch, at: DateTime<Utc>) {
        if let Some(before) = self.set.insert((id, watch), at) {
            self.due.remove(&(before, id, watch));
        }
        self.due.insert((at, id, watch));
    }

    pub(crate) fn clear(&mut self, id: ExecutionId, watch: Watch) {
        if let Some(at) = self.set.remove(&(id, watch)) {
            self.due.remove(&(at, id, watch));
        }
    }

    pub(crate) fn clear_all(&mut self, id: ExecutionId) {
        let from = (id, Watch::Deadline);
        let watches: Vec<Watch> = self
            .set
            .range(from..)
            .take_while(|((of, _), _)| *of == id)
            .map(|((_, watch), _)| *watch)
            .collect();
        for watch in watches {
            self.clear(id, watch);
        }
    }

    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(at, _, _)| *at)
    }

    /// Takes the first timer that is due at `now`.
    pub(crate) fn pop_due(&mut self, now: DateTime<Utc>) -> Option<(ExecutionId, Watch)> {
        let (at, id, watch) = *self.due.first()?;
        if at > now {
            return None;
        }
        self.clear(id, watch);
        Some((id, watch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use execution::id::Home;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_watch_has_one_time_and_is_due_in_order() {
        let id = ExecutionId::new(at(1), Home(0), 7);
        let mut timers = Timers::default();
        timers.set(id, Watch::Wait(WaitId(1)), at(10));
        timers.set(id, Watch::Wait(WaitId(2)), at(5));
        timers.set(id, Watch::Wait(WaitId(1)), at(20));
        assert_eq!(timers.next(), Some(at(5)));
        assert_eq!(timers.pop_due(at(4)), None);
        assert_eq!(timers.pop_due(at(5)), Some((id, Watch::Wait(WaitId(2)))));
        assert_eq!(timers.pop_due(at(19)), None);
        assert_eq!(timers.pop_due(at(20)), Some((id, Watch::Wait(WaitId(1)))));
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn an_execution_that_ends_leaves_no_timer_and_takes_no_neighbours() {
        let (id, other) =
            (ExecutionId::new(at(1), Home(0), 1 << 20), ExecutionId::new(at(1), Home(0), 1 << 21));
        let mut timers = Timers::default();
        timers.set(id, Watch::Deadline, at(9));
        timers.set(id, Watch::Wait(WaitId(3)), at(5));
        timers.set(other, Watch::Deadline, at(7));
        timers.clear_all(id);
        assert_eq!(timers.pop_due(at(100)), Some((other, Watch::Deadline)));
        assert_eq!(timers.pop_due(at(100)), None);
    }
}
