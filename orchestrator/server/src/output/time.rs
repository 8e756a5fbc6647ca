//! Instants and spans as people read them.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use prost_types::Timestamp;

/// The contract's instant; `None` where it is absent or lies outside what a calendar holds.
pub(crate) fn timestamp(at: Option<Timestamp>) -> Option<DateTime<Utc>> {
    let at = at?;
    DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
}

/// RFC 3339 in UTC, to the millisecond; empty where there is none.
pub(crate) fn iso(at: Option<Timestamp>) -> String {
    timestamp(at).map(iso_of).unwrap_or_default()
}

pub(crate) fn iso_of(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The time of day in UTC, to the millisecond.
pub(crate) fn clock(at: Option<Timestamp>) -> String {
    timestamp(at).map(|at| at.format("%H:%M:%S%.3f").to_string()).unwrap_or_default()
}

/// `12 s ago`, `in 3 min 20 s`.
pub(crate) fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let distance = (now - at).abs().to_std().unwrap_or_default();
    if at <= now { format!("{} ago", span(distance)) } else { format!("in {}", span(distance)) }
}

/// The two largest units of a span: `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let two = |large: u64, unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {small_unit}"),
    };
    match seconds {
        0 => format!("{} ms", span.as_millis()),
        1..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        86_400.. => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ago, span};

    #[test]
    fn a_span_shows_its_two_largest_units() {
        for (milliseconds, text) in [
            (0, "0 ms"),
            (850, "850 ms"),
            (12_999, "12 s"),
            (200_000, "3 min 20 s"),
            (180_000, "3 min"),
            (7_500_000, "2 h 5 min"),
            (273_600_000, "3 d 4 h"),
        ] {
            assert_eq!(span(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn an_instant_lies_before_or_after_now() {
        let now = chrono::DateTime::from_timestamp(1_000_000, 0).unwrap();
        assert_eq!(ago(now - chrono::Duration::seconds(61), now), "1 min 1 s ago");
        assert_eq!(ago(now + chrono::Duration::seconds(5), now), "in 5 s");
    }
}
