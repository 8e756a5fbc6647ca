//! Retriers and catchers: which errors they match, and how long a retrier waits.

mod read;

use crate::error::names;
use crate::machine::StateId;
use crate::states::{Assign, Output};

#[derive(Debug, Clone, PartialEq)]
pub struct Retrier {
    pub error_equals: Vec<String>,
    /// 1 to 99,999,999; default 1.
    pub interval_seconds: u64,
    /// 0 to 99,999,999; default 3; 0 means never.
    pub max_attempts: u32,
    /// At least 1.0; default 2.0.
    pub backoff_rate: f64,
    /// More than `interval_seconds`, less than 31,622,400.
    pub max_delay_seconds: Option<u64>,
    pub jitter: Jitter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    None,
    Full,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Catcher {
    pub error_equals: Vec<String>,
    /// Of the error output.
    pub output: Output,
    pub assign: Assign,
    pub next: StateId,
}

/// An error as it occurred, for retriers and catchers to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred<'a> {
    pub error: &'a str,
    pub origin: Origin,
}

/// Where an error came from: `States.HeartbeatTimeout` in `ErrorEquals` asks for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A Task missed its heartbeat: the error is `States.Timeout`, as AWS records it.
    MissedHeartbeat,
    /// An attempt, a Parallel, a Map, or the evaluation of a state's own fields.
    Elsewhere,
}

/// Whether an `ErrorEquals` list matches what occurred (ASL, "Errors").
pub fn matches(error_equals: &[String], occurred: Occurred<'_>) -> bool {
    error_equals.iter().any(|name| name_matches(name, occurred))
}

/// A name matches itself. Beyond that:
/// - `States.ALL` matches all but `States.Runtime` (AWS's documentation excepts `States.DataLimitExceeded`, too; its recorded
///   executions catch it);
/// - `States.TaskFailed` matches all but `States.Timeout`, `States.DataLimitExceeded` and `States.Runtime`, in a Parallel or a Map as in a Task: AWS calls it
///   a wildcard "that matches any known error name except for States.Timeout";
/// - `States.HeartbeatTimeout` matches a missed heartbeat, and `States.Timeout` either name of one.
fn name_matches(name: &str, occurred: Occurred<'_>) -> bool {
    let Occurred { error, origin } = occurred;
    if name == error {
        return true;
    }
    match name {
        names::ALL => error != names::RUNTIME,
        names::TASK_FAILED => {
            let timed_out = matches!(error, names::TIMEOUT | names::HEARTBEAT_TIMEOUT);
            !timed_out && !matches!(error, names::DATA_LIMIT_EXCEEDED | names::RUNTIME)
        }
        names::HEARTBEAT_TIMEOUT => origin == Origin::MissedHeartbeat,
        names::TIMEOUT => error == names::HEARTBEAT_TIMEOUT,
        _ => false,
    }
}

impl Retrier {
    /// Seconds to wait before retry number `count` (1 for the first): the interval times the rate to the
    /// power of `count - 1`, at most `MaxDelaySeconds`; full jitter takes the share `draw` (0 to 1) of it.
    pub fn delay_seconds(&self, count: u32, draw: f64) -> f64 {
        assert!(count >= 1, "the first retry is number 1");
        assert!((0.0..=1.0).contains(&draw), "a draw lies between 0 and 1");
        let grown = seconds(self.interval_seconds) * self.backoff_rate.powf(f64::from(count - 1));
        // A rate above 1 overflows to infinity after enough retries: what no timer can hold is capped.
        let cap = seconds(self.max_delay_seconds.unwrap_or(DELAY_SECONDS_MAX));
        let delay = grown.min(cap);
        match self.jitter {
            Jitter::None => delay,
            Jitter::Full => delay * draw,
        }
    }
}

/// The largest number of seconds that a definition can write down anywhere (a little over three years).
const DELAY_SECONDS_MAX: u64 = 99_999_999;

#[expect(clippy::cast_precision_loss, reason = "at most 99,999,999: exact in an f64")]
fn seconds(whole: u64) -> f64 {
    whole as f64
}

#[cfg(test)]
mod tests;
