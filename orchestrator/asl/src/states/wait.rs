//! Wait: a timer.

use chrono::{DateTime, Utc};

use crate::machine::Transition;
use crate::path::Path;

#[derive(Debug)]
pub struct Wait {
    pub until: WaitFor,
    pub transition: Transition,
}

#[derive(Debug)]
pub enum WaitFor {
    /// 0 to 99,999,999.
    Seconds(u64),
    SecondsPath(Path),
    Timestamp(DateTime<Utc>),
    TimestampPath(Path),
}
