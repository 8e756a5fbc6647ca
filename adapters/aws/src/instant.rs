//! Points in time on the wire, in the three ways that AWS's services write them.

use chrono::{DateTime, SecondsFormat, TimeZone as _, Utc};
use serde_json::Value;

use crate::model::Timestamp;

/// From a parameter: ISO 8601, or seconds since 1970.
pub(crate) fn read(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => of_text(text),
        Value::Number(number) => of_seconds(&number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn of_text(text: &str) -> Option<DateTime<Utc>> {
    let iso = DateTime::parse_from_rfc3339(text);
    let found = iso.or_else(|_| DateTime::parse_from_rfc2822(text));
    found.ok().map(|it| it.to_utc()).or_else(|| of_seconds(text))
}

fn of_seconds(text: &str) -> Option<DateTime<Utc>> {
    let seconds: f64 = text.parse().ok()?;
    // To the millisecond, as the services count.
    #[expect(clippy::cast_possible_truncation, reason = "what does not fit is no time either")]
    let millis = (seconds * 1_000.0).round() as i64;
    Utc.timestamp_millis_opt(millis).single()
}

pub(crate) fn write(at: DateTime<Utc>, format: Timestamp) -> String {
    match format {
        Timestamp::Unix => {
            let millis = at.timestamp_subsec_millis();
            let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
            format!("{}{fraction}", at.timestamp())
        }
        Timestamp::Iso => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        Timestamp::Rfc822 => at.format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    }
}

/// As a task's result has it: what Java's `Instant` prints.
pub(crate) fn shown(value: &Value) -> Value {
    read(value).map_or_else(
        || value.clone(),
        |at| Value::String(at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_in_every_form_and_written_in_each() {
        for value in [
            json!("2024-05-01T10:00:00.250Z"),
            json!("2024-05-01T12:00:00.25+02:00"),
            json!(1_714_557_600.25),
            json!("1714557600.25"),
        ] {
            assert_eq!(shown(&value), json!("2024-05-01T10:00:00.250Z"));
        }
        let at = read(&json!("Wed, 01 May 2024 10:00:00 GMT")).unwrap();
        assert_eq!(write(at, Timestamp::Unix), "1714557600");
        assert_eq!(write(at, Timestamp::Iso), "2024-05-01T10:00:00Z");
        assert_eq!(write(at, Timestamp::Rfc822), "Wed, 01 May 2024 10:00:00 GMT");
        assert_eq!(read(&json!("soon")), None);
    }
}
