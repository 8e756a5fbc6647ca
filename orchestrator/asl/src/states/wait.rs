//! Wait: a timer.

use chrono::{DateTime, Utc};

use crate::check::{Fields, SECONDS_MAX, Within};
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

impl Wait {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.variables();
        fields.expression("Output");
        let until = WaitFor::read(fields);
        let transition = Transition::read(fields, within);
        Some(Self { until: until?, transition: transition? })
    }
}

impl WaitFor {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.choose(&["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]);
        let seconds = fields.integer("Seconds", 0..=SECONDS_MAX).map(Self::Seconds);
        let seconds_path = fields.path("SecondsPath").map(Self::SecondsPath);
        let timestamp = fields.get("Timestamp").and_then(|field| field.timestamp());
        let timestamp_path = fields.path("TimestampPath").map(Self::TimestampPath);
        seconds.or(seconds_path).or(timestamp.map(Self::Timestamp)).or(timestamp_path)
    }
}
