//! The node's estimate of the database's clock. Time between two readings is this machine's monotonic time.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

#[derive(Debug)]
pub(crate) struct Clock(Mutex<Reading>);

#[derive(Debug, Clone, Copy)]
struct Reading {
    taken: Instant,
    database: DateTime<Utc>,
    error: Duration,
}

impl Clock {
    /// `database` was read between `asked` and `answered`.
    pub(crate) fn new(asked: Instant, database: DateTime<Utc>, answered: Instant) -> Self {
        Self(Mutex::new(Reading::between(asked, database, answered)))
    }

    pub(crate) fn update(&self, asked: Instant, database: DateTime<Utc>, answered: Instant) {
        *self.lock() = Reading::between(asked, database, answered);
    }

    /// In microseconds, as PostgreSQL keeps times: what is answered now equals what is read back later.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.lock().now().trunc_subsecs(6)
    }

    /// The early edge of the estimate: no timer is due before it, so none fires early.
    pub(crate) fn earliest(&self) -> DateTime<Utc> {
        let reading = *self.lock();
        reading.now() - delta(reading.error)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Reading> {
        self.0.lock().expect("no holder of the clock panics")
    }
}

impl Reading {
    fn between(asked: Instant, database: DateTime<Utc>, answered: Instant) -> Self {
        let error = answered.duration_since(asked) / 2;
        Self { taken: asked + error, database, error }
    }

    fn now(self) -> DateTime<Utc> {
        self.database + delta(self.taken.elapsed())
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).expect("a process does not run for 292 million years")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_early_edge_allows_for_half_the_round_trip() {
        let answered = Instant::now();
        let asked = answered.checked_sub(Duration::from_millis(400)).expect("the machine is up");
        let database = DateTime::UNIX_EPOCH;
        let clock = Clock::new(asked, database, answered);
        let behind = clock.now() - clock.earliest();
        assert!(behind >= TimeDelta::milliseconds(199) && behind <= TimeDelta::milliseconds(210));
        assert!(clock.now() >= database + TimeDelta::milliseconds(200));
    }
}
