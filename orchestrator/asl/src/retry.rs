//! Retriers and catchers, and which errors they match.

use crate::error::names;
use crate::machine::StateId;
use crate::states::ResultPath;

#[derive(Debug, Clone)]
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

#[derive(Debug, Clone)]
pub struct Catcher {
    pub error_equals: Vec<String>,
    pub result_path: ResultPath,
    pub next: StateId,
}

/// Whether an `ErrorEquals` list matches the error `error` (ASL, "Errors").
///
/// `States.ALL` matches all but `States.DataLimitExceeded` and `States.Runtime`; `States.TaskFailed`
/// matches any error of a Task but `States.Timeout`; `States.HeartbeatTimeout` is matched by itself and by `States.Timeout`.
pub fn matches(error_equals: &[String], error: &str, of_task: bool) -> bool {
    todo!()
}

impl Retrier {
    /// Seconds to wait before retry number `count` (1 for the first); `draw` in 0..1 is used by full jitter.
    pub fn delay_seconds(&self, count: u32, draw: f64) -> f64 {
        todo!()
    }
}
