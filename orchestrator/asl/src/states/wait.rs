//! Wait: a timer.

use chrono::{DateTime, Utc};

use crate::check::{Field, Fields, SECONDS_MAX, Sees, Within};
use crate::expression::Expression;
use crate::machine::Transition;
use crate::path::Path;
use crate::template::Template;

#[derive(Debug)]
pub struct Wait {
    pub until: WaitFor,
    /// JSONata alone has it. Absent: the input.
    pub output: Option<Template>,
    pub transition: Transition,
}

#[derive(Debug)]
pub enum WaitFor {
    /// 0 to 99,999,999.
    Seconds(u64),
    SecondsPath(Path),
    SecondsExpression(Expression),
    Timestamp(DateTime<Utc>),
    TimestampPath(Path),
    TimestampExpression(Expression),
}

impl Wait {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        let output = fields.output(Sees::Input);
        let until = WaitFor::read(fields);
        let transition = Transition::read(fields, within);
        Some(Self { until: until?, output, transition: transition? })
    }
}

impl WaitFor {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.choose(&["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]);
        let seconds = fields.get("Seconds").and_then(|field| {
            let written = |field: &Field<'_>| field.integer(0..=SECONDS_MAX).map(Self::Seconds);
            field.written_or_computed(written, Self::SecondsExpression)
        });
        let seconds_path = fields.path("SecondsPath").map(Self::SecondsPath);
        let timestamp = fields.get("Timestamp").and_then(|field| {
            let written = |field: &Field<'_>| field.timestamp().map(Self::Timestamp);
            field.written_or_computed(written, Self::TimestampExpression)
        });
        let timestamp_path = fields.path("TimestampPath").map(Self::TimestampPath);
        seconds.or(seconds_path).or(timestamp).or(timestamp_path)
    }
}
