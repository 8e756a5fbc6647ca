//! Timestamps as the specification wants them: RFC 3339 with an upper-case `T` and, for UTC, an upper-case `Z`.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};

/// The instant that `text` names; `None` if it isn't a timestamp.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    // The parser is milder than the specification: it takes a blank for the `T`, and lower case.
    let well_formed = text.as_bytes().get(10) == Some(&b'T') && !text.contains('z');
    let instant = DateTime::parse_from_rfc3339(text).ok().filter(|_| well_formed)?;
    let leap_second = instant.nanosecond() >= 1_000_000_000;
    (!leap_second).then(|| instant.to_utc())
}

/// With milliseconds, in UTC: `2026-11-23T06:17:25.000Z`.
pub fn format(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn a_timestamp_has_a_date_a_t_a_time_and_a_zone() {
        for (text, instant) in [
            ("2016-03-14T01:59:00Z", Some("2016-03-14T01:59:00.000Z")),
            ("2016-03-14T01:59:00.123456789Z", Some("2016-03-14T01:59:00.123Z")),
            ("2016-03-14T01:59:00.000000Z", Some("2016-03-14T01:59:00.000Z")),
            ("2012-10-09T19:00:55+01:00", Some("2012-10-09T18:00:55.000Z")),
            ("2012-10-09T19:00:55-11:30", Some("2012-10-10T06:30:55.000Z")),
            ("2012-10-09T19:00:55", None),
            ("2012-10-09 19:00:55Z", None),
            ("2012-10-09t19:00:55Z", None),
            ("2012-10-09T19:00:55z", None),
            ("2012-10-09T19:00:60Z", None),
            ("2012-13-09T19:00:00Z", None),
            ("2023-02-24", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), instant, "{text}");
        }
    }
}
