//! Until when a Wait waits.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{Scope, decimal, plain};
use crate::Draw;
use crate::error::{EvalError, names};
use crate::expression::Expression;
use crate::number::Decimal;
use crate::path::Path;
use crate::states::WaitFor;
use crate::timestamp;

/// The longest wait, in seconds: AWS's timers count them in 32 bits.
const WAIT_SECONDS_MAX: i64 = i32::MAX as i64;

impl WaitFor {
    /// When the wait is over. May lie in the past.
    pub fn until(
        &self,
        entered_at: DateTime<Utc>,
        scope: &Scope<'_>,
        draw: &mut Draw,
    ) -> Result<DateTime<Utc>, EvalError> {
        let until = match self {
            Self::Seconds(seconds) => after(entered_at, i64::try_from(*seconds).ok()),
            Self::SecondsPath(path) => after(entered_at, Some(seconds_at(path, scope)?)),
            Self::SecondsExpression(expression) => {
                after(entered_at, Some(seconds_of(expression, scope, draw)?))
            }
            Self::Timestamp(instant) => Some(*instant),
            Self::TimestampPath(path) => Some(timestamp_at(path, scope)?),
            Self::TimestampExpression(expression) => Some(timestamp_of(expression, scope, draw)?),
        };
        let in_reach =
            |until: &DateTime<Utc>| (*until - entered_at).num_seconds() <= WAIT_SECONDS_MAX;
        until.filter(in_reach).ok_or_else(|| {
            let cause = "Wait state delay is too long.".to_owned();
            match self {
                Self::SecondsExpression(expression) | Self::TimestampExpression(expression) => {
                    expression.refused(cause)
                }
                Self::Seconds(_)
                | Self::SecondsPath(_)
                | Self::Timestamp(_)
                | Self::TimestampPath(_) => EvalError::new(names::RUNTIME, cause),
            }
        })
    }
}

fn seconds_of(
    expression: &Expression,
    scope: &Scope<'_>,
    draw: &mut Draw,
) -> Result<i64, EvalError> {
    let seconds = expression.integer(scope, draw)?;
    if seconds < 0 {
        return Err(expression.refused(format!("The Seconds field is negative: {seconds}")));
    }
    Ok(seconds)
}

fn timestamp_of(
    expression: &Expression,
    scope: &Scope<'_>,
    draw: &mut Draw,
) -> Result<DateTime<Utc>, EvalError> {
    let text = expression.text(scope, draw)?;
    timestamp::parse(&text).ok_or_else(|| {
        expression.refused(format!(
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}"
        ))
    })
}

fn after(entered_at: DateTime<Utc>, seconds: Option<i64>) -> Option<DateTime<Utc>> {
    entered_at.checked_add_signed(TimeDelta::try_seconds(seconds?)?)
}

fn seconds_at(path: &Path, scope: &Scope<'_>) -> Result<i64, EvalError> {
    let value = value_at(path, scope, "SecondsPath")?;
    let fault = |fault: &str| wait_fault("SecondsPath", fault, path, &value);
    let seconds = decimal(&value)
        .and_then(Decimal::integer)
        .ok_or_else(|| fault("cannot be parsed as a long value"))?;
    if seconds < 0 {
        return Err(fault("references a negative value"));
    }
    Ok(seconds)
}

fn timestamp_at(path: &Path, scope: &Scope<'_>) -> Result<DateTime<Utc>, EvalError> {
    let value = value_at(path, scope, "TimestampPath")?;
    value.as_str().and_then(timestamp::parse).ok_or_else(|| {
        let fault = "does not reference a valid ISO-8601 extended offset date-time format string";
        wait_fault("TimestampPath", fault, path, &value)
    })
}

fn value_at(path: &Path, scope: &Scope<'_>, field: &str) -> Result<Value, EvalError> {
    path.find(scope)?.ok_or_else(|| {
        let cause =
            format!("The {field} parameter does not reference an input value: {}", path.as_str());
        EvalError::new(names::RUNTIME, cause)
    })
}

fn wait_fault(field: &str, fault: &str, path: &Path, value: &Value) -> EvalError {
    let cause = format!("The {field} parameter {fault}: {} == {}", path.as_str(), plain(value));
    EvalError::new(names::RUNTIME, cause)
}
