//! How long to wait before the next try. The only room that knows the crate `backoff`.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff as _;

/// A restarted server, or its standby, serves within seconds: the first tries come fast.
const DELAY_FIRST: Duration = Duration::from_millis(100);
/// Each pause is about a fifth of the time that the server has been away: a worker is back that soon after it.
const GROWTH: f64 = 1.2;
/// What a takeover takes longer for a worker that waits at a standby. Well below the 10 s for which a recovered server
/// waits for workers to announce what they hold.
const DELAY_MAX: Duration = Duration::from_secs(1);

/// Growing delays, each drawn between half and one and a half of its value so that workers do not come in step.
pub(crate) struct Reconnect(ExponentialBackoff);

impl Reconnect {
    pub(crate) fn new() -> Self {
        Self(ExponentialBackoff {
            current_interval: DELAY_FIRST,
            initial_interval: DELAY_FIRST,
            max_interval: DELAY_MAX,
            multiplier: GROWTH,
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        })
    }

    pub(crate) fn next_delay(&mut self) -> Duration {
        self.0
            .next_backoff()
            .expect("without a maximum of elapsed time there is always a next delay")
    }

    /// It worked: the next failure is a first one.
    pub(crate) fn reset(&mut self) {
        self.0.reset();
    }
}
