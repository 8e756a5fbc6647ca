//! Requests a second of a namespace, where it limits them: a token bucket in the memory of the node that answers.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use engine::Namespace;
use store::NamespaceId;

use crate::errors::{Reason, Refusal};

/// What a namespace that was idle may ask at once: as much as in so long, twice the rate.
const BURST: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<NamespaceId, Bucket>>);

/// When it will be full again.
#[derive(Debug, Clone, Copy)]
struct Bucket(Instant);

impl Throttle {
    /// Takes one request from the namespace's bucket. Without a limit there is none.
    pub(crate) fn admit(&self, namespace: &Namespace) -> Result<(), Refusal> {
        let Some(rate) = namespace.limits.requests_per_second else { return Ok(()) };
        let rate = u32::try_from(rate).unwrap_or(u32::MAX);
        let now = Instant::now();
        let mut buckets = self.0.lock().expect("no holder of the buckets panics");
        let bucket = buckets.entry(namespace.id).or_insert(Bucket(now));
        bucket.take(rate, now).map_err(|wait| Refusal {
            retry_after: Some(wait),
            ..Refusal::new(Reason::ThrottlingException, "Rate exceeded")
        })
    }
}

impl Bucket {
    /// Refused: how long until there is room.
    fn take(&mut self, rate: u32, now: Instant) -> Result<(), Duration> {
        let full_at = self.0.max(now) + Duration::from_secs(1) / rate.max(1);
        match full_at.duration_since(now).checked_sub(BURST) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => {
                self.0 = full_at;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut Bucket, rate: u32, now: Instant) -> usize {
        std::iter::from_fn(|| bucket.take(rate, now).ok()).take(1_000).count()
    }

    #[test]
    fn an_idle_namespace_asks_twice_its_rate_at_once_and_then_its_rate() {
        for rate in [1, 2, 10, 400] {
            let start = Instant::now();
            let mut bucket = Bucket(start);
            let per_second = rate as usize;
            assert_eq!(taken(&mut bucket, rate, start), 2 * per_second, "the burst of {rate}");
            for second in 1..4 {
                let now = start + Duration::from_secs(second);
                assert_eq!(taken(&mut bucket, rate, now), per_second, "of {rate} in a second");
            }
            let later = start + Duration::from_mins(10);
            assert_eq!(taken(&mut bucket, rate, later), 2 * per_second, "no more is saved up");
        }
    }

    #[test]
    fn whoever_waits_as_long_as_the_refusal_says_is_admitted() {
        let start = Instant::now();
        let mut bucket = Bucket(start);
        taken(&mut bucket, 4, start);
        let wait = bucket.take(4, start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(250));
        assert_eq!(bucket.take(4, start + wait), Ok(()));
    }
}
