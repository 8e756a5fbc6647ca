//! `InputPath` and `OutputPath`, numbers by path, and when a Wait is over.

use asl::dataflow::Scope;
use asl::machine::DataPath;
use asl::path::Path;
use asl::states::{Number, WaitFor};
use asl::{Draw, EvalError, Payload, timestamp};

use crate::support;

fn text<T>(result: Result<T, EvalError>) -> Result<T, String> {
    result.map_err(|error| format!("{}: {}", error.error, error.cause))
}

#[test]
fn a_data_path_selects_discards_or_passes() {
    let payload = Payload::parse(r#"{ "a": {"b": 1.10} }"#).unwrap();
    let context = support::context();
    let path = |path: &str| DataPath::Path(Path::parse(path).unwrap());
    for (path, selected) in [
        (DataPath::Whole, r#"{ "a": {"b": 1.10} }"#),
        (DataPath::Discard, "{}"),
        (path("$"), r#"{ "a": {"b": 1.10} }"#),
        (path("$.a"), r#"{"b":1.10}"#),
        (path("$.a.*"), "[1.10]"),
        (path("$$.Execution.Input"), r#"{"id":1}"#),
    ] {
        assert_eq!(
            path.apply(&Scope::new(&payload, &context)).unwrap().text(),
            selected,
            "{path:?}"
        );
    }
    assert_eq!(
        text(path("$.NoSuchInputPath").apply(&Scope::new(&payload, &context))),
        Err("States.Runtime: Invalid path '$.NoSuchInputPath' : No results for path: \
             $['NoSuchInputPath']"
            .to_owned())
    );
}

#[test]
fn a_count_by_path_is_an_integer_that_is_not_negative() {
    let context = support::context();
    for (field, value, resolved) in [
        ("MaxConcurrencyPath", "1", Ok(1)),
        ("MaxConcurrencyPath", "0", Ok(0)),
        (
            "MaxConcurrencyPath",
            "{}",
            Err(
                "The MaxConcurrencyPath field refers to value \"{}\" which is not a valid integer: $.n",
            ),
        ),
        ("ToleratedFailureCountPath", "-1", Err("ToleratedFailureCount cannot be negative.")),
        (
            "ToleratedFailureCountPath",
            "1.5",
            Err(
                "The ToleratedFailureCountPath field refers to value \"1.5\" which is not a valid \
                 integer: $.n",
            ),
        ),
        ("TimeoutSecondsPath", "5", Ok(5)),
        ("TimeoutSecondsPath", "0", Err("TimeoutSeconds must be between 1 and 99999999.")),
        (
            "HeartbeatSecondsPath",
            "100000000",
            Err("HeartbeatSeconds must be between 1 and 99999999."),
        ),
    ] {
        let input = Payload::parse(format!(r#"{{"n": {value}}}"#)).unwrap();
        let number = Number::<u64>::Path(Path::parse("$.n").unwrap());
        let expected = resolved.map_err(|cause| format!("States.Runtime: {cause}"));
        assert_eq!(
            text(number.resolve(&Scope::new(&input, &context), &mut Draw::new(0), field)),
            expected,
            "{field} {value}"
        );
    }
}

#[test]
fn a_percentage_by_path_is_between_0_and_100() {
    let context = support::context();
    let between = Err("ToleratedFailurePercentage must be between 0 and 100.");
    for (value, resolved) in [
        ("0", Ok(0.0)),
        ("1.1", Ok(1.1)),
        ("100", Ok(100.0)),
        ("100.1", between),
        ("-1", between),
        (
            r#""NoNumber""#,
            Err(
                "The ToleratedFailurePercentagePath field refers to value \"NoNumber\" which is not a \
                 valid float: $.n",
            ),
        ),
    ] {
        let input = Payload::parse(format!(r#"{{"n": {value}}}"#)).unwrap();
        let number = Number::<f64>::Path(Path::parse("$.n").unwrap());
        let found = text(number.resolve(
            &Scope::new(&input, &context),
            &mut Draw::new(0),
            "ToleratedFailurePercentagePath",
        ));
        assert_eq!(found, resolved.map_err(|cause| format!("States.Runtime: {cause}")), "{value}");
    }
}

fn until(wait: &WaitFor, value: &str) -> Result<String, String> {
    let entered_at = timestamp::parse("2026-11-23T06:17:25.250Z").unwrap();
    let input = Payload::parse(format!(r#"{{"at": {value}}}"#)).unwrap();
    let until =
        text(wait.until(entered_at, &Scope::new(&input, &support::context()), &mut Draw::new(0)))?;
    Ok(timestamp::format(until))
}

#[test]
fn a_wait_ends_after_its_seconds_or_at_its_timestamp() {
    let seconds = WaitFor::SecondsPath(Path::parse("$.at").unwrap());
    let instant = WaitFor::TimestampPath(Path::parse("$.at").unwrap());
    for (wait, value, end) in [
        (&WaitFor::Seconds(5), "0", "2026-11-23T06:17:30.250Z"),
        (&seconds, "0", "2026-11-23T06:17:25.250Z"),
        (&seconds, "86400", "2026-11-24T06:17:25.250Z"),
        (&seconds, "2147483647", "2094-12-11T09:31:32.250Z"),
        (&instant, r#""2016-03-05T21:29:29.243167252Z""#, "2016-03-05T21:29:29.243Z"),
        (&instant, r#""2026-11-23T08:00:00+01:00""#, "2026-11-23T07:00:00.000Z"),
        (&instant, r#""2094-12-11T06:17:25.000Z""#, "2094-12-11T06:17:25.000Z"),
    ] {
        assert_eq!(until(wait, value).as_deref(), Ok(end), "{value}");
    }
}

#[test]
fn a_wait_without_an_end_says_why() {
    let seconds = || WaitFor::SecondsPath(Path::parse("$.at").unwrap());
    let instant = || WaitFor::TimestampPath(Path::parse("$.at").unwrap());
    let elsewhere = || Path::parse("$.input.waitSeconds").unwrap();
    let no_timestamp = "The TimestampPath parameter does not reference a valid ISO-8601 extended offset \
                        date-time format string: $.at == ";
    for (wait, value, cause) in [
        (seconds(), "-1", "The SecondsPath parameter references a negative value: $.at == -1"),
        (
            seconds(),
            "1.5",
            "The SecondsPath parameter cannot be parsed as a long value: $.at == 1.5",
        ),
        (seconds(), "2147483648", "Wait state delay is too long."),
        (seconds(), "9223372036854775807", "Wait state delay is too long."),
        (WaitFor::Seconds(u64::MAX), "0", "Wait state delay is too long."),
        (
            WaitFor::SecondsPath(elsewhere()),
            "0",
            "The SecondsPath parameter does not reference an input value: $.input.waitSeconds",
        ),
        (instant(), r#""2094-12-12T06:17:25.000Z""#, "Wait state delay is too long."),
        (instant(), r#""2016-12-05 21:29:29Z""#, &format!("{no_timestamp}2016-12-05 21:29:29Z")),
        (instant(), r#""2016-12-05T21:29:29""#, &format!("{no_timestamp}2016-12-05T21:29:29")),
        (instant(), "5", &format!("{no_timestamp}5")),
    ] {
        assert_eq!(until(&wait, value), Err(format!("States.Runtime: {cause}")), "{value}");
    }
}
