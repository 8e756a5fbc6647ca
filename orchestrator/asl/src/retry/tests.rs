//! Which errors are matched, and how long a retrier waits.

use super::{Jitter, Occurred, Origin, Retrier, matches};

#[test]
fn names_match_by_the_rules_of_the_language() {
    use Origin::{Elsewhere, MissedHeartbeat};
    for (name, error, origin, matched) in [
        ("Declined", "Declined", Elsewhere, true),
        ("Declined", "declined", Elsewhere, false),
        ("States.ALL", "Declined", Elsewhere, true),
        ("States.ALL", "States.Timeout", Elsewhere, true),
        ("States.ALL", "States.Timeout", MissedHeartbeat, true),
        ("States.ALL", "States.BranchFailed", Elsewhere, true),
        ("States.ALL", "States.Runtime", Elsewhere, false),
        ("States.ALL", "States.DataLimitExceeded", Elsewhere, true),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", Elsewhere, true),
        ("States.TaskFailed", "Declined", Elsewhere, true),
        ("States.TaskFailed", "States.TaskFailed", Elsewhere, true),
        ("States.TaskFailed", "States.Permissions", Elsewhere, true),
        ("States.TaskFailed", "States.Timeout", Elsewhere, false),
        ("States.TaskFailed", "States.Timeout", MissedHeartbeat, false),
        ("States.TaskFailed", "States.HeartbeatTimeout", Elsewhere, false),
        ("States.TaskFailed", "States.Runtime", Elsewhere, false),
        ("States.TaskFailed", "States.DataLimitExceeded", Elsewhere, false),
        ("States.Timeout", "States.Timeout", Elsewhere, true),
        ("States.Timeout", "States.Timeout", MissedHeartbeat, true),
        ("States.Timeout", "States.HeartbeatTimeout", Elsewhere, true),
        ("States.HeartbeatTimeout", "States.Timeout", MissedHeartbeat, true),
        ("States.HeartbeatTimeout", "States.Timeout", Elsewhere, false),
        ("States.HeartbeatTimeout", "States.HeartbeatTimeout", Elsewhere, true),
        ("State.ALL", "Declined", Elsewhere, false),
    ] {
        let occurred = Occurred { error, origin };
        assert_eq!(matches(&[name.to_owned()], occurred), matched, "{name} {occurred:?}");
    }
}

#[test]
fn one_name_of_the_list_suffices() {
    let list = ["A".to_owned(), "B".to_owned()];
    assert!(matches(&list, Occurred { error: "B", origin: Origin::Elsewhere }));
    assert!(!matches(&[], Occurred { error: "B", origin: Origin::Elsewhere }));
}

fn retrier(max_delay_seconds: Option<u64>, jitter: Jitter) -> Retrier {
    Retrier {
        error_equals: vec!["States.ALL".to_owned()],
        interval_seconds: 3,
        max_attempts: 3,
        backoff_rate: 2.0,
        max_delay_seconds,
        jitter,
    }
}

#[track_caller]
fn assert_delay(delay: f64, expected: f64) {
    assert!((delay - expected).abs() < 1e-9, "{delay} instead of {expected}");
}

#[test]
fn each_retry_waits_longer_by_the_rate() {
    let retrier = retrier(None, Jitter::None);
    for (count, expected) in [(1, 3.0), (2, 6.0), (3, 12.0), (4, 24.0)] {
        assert_delay(retrier.delay_seconds(count, 0.5), expected);
    }
}

#[test]
fn no_retry_waits_longer_than_the_longest_delay() {
    let retrier = retrier(Some(10), Jitter::None);
    for (count, expected) in [(1, 3.0), (2, 6.0), (3, 10.0), (99_999_999, 10.0)] {
        assert_delay(retrier.delay_seconds(count, 0.5), expected);
    }
}

#[test]
fn a_delay_stays_finite_however_many_retries_there_were() {
    assert_delay(retrier(None, Jitter::None).delay_seconds(u32::MAX, 0.0), 99_999_999.0);
}

#[test]
fn full_jitter_takes_any_share_of_the_delay() {
    let retrier = retrier(Some(10), Jitter::Full);
    for (count, draw, expected) in [(1, 0.0, 0.0), (1, 0.5, 1.5), (2, 0.25, 1.5), (3, 0.9, 9.0)] {
        assert_delay(retrier.delay_seconds(count, draw), expected);
    }
}
