//! Instants as history keeps them: whole microseconds, as PostgreSQL does.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// The microsecond that `at` lies in.
pub(crate) fn truncated(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at)
}

/// Up to the next microsecond: no timer fires early.
pub(crate) fn rounded_up(at: DateTime<Utc>) -> DateTime<Utc> {
    let truncated = truncated(at);
    if truncated < at { truncated + TimeDelta::microseconds(1) } else { at }
}

/// `seconds` after `now`, or the calendar's end.
pub(crate) fn after(now: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
    i64::try_from(seconds)
        .ok()
        .and_then(TimeDelta::try_seconds)
        .and_then(|delta| now.checked_add_signed(delta))
        .unwrap_or(truncated(DateTime::<Utc>::MAX_UTC))
}

/// A retry's delay after `now`, to the next millisecond.
pub(crate) fn after_fraction(now: DateTime<Utc>, seconds: f64) -> DateTime<Utc> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "asl::retry caps the delay at 99,999,999 s"
    )]
    let millis = (seconds * 1000.0).ceil() as i64;
    now.checked_add_signed(TimeDelta::milliseconds(millis))
        .unwrap_or(truncated(DateTime::<Utc>::MAX_UTC))
}
