//! The data flow of a state: what a path sees, and the fields that select, replace and place payloads.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::{EvalError, names};
use crate::machine::DataPath;
use crate::number::Decimal;
use crate::path::Path;
use crate::path::budget::check_depth;
use crate::payload::Payload;
use crate::states::{Number, ResultPath, WaitFor};
use crate::timestamp;
use crate::variables::Variables;

/// What a path sees: `$` is `input`, `$$` is `context`, `$name` a variable. None is parsed before a path looks inside.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub input: &'a Payload,
    pub context: &'a Context,
    pub variables: &'a Variables,
}

impl<'a> Scope<'a> {
    /// Where no variable is assigned.
    pub fn new(input: &'a Payload, context: &'a Context) -> Self {
        static NONE: Variables = Variables::none();
        Self { input, context, variables: &NONE }
    }

    #[must_use]
    pub fn with_variables(self, variables: &'a Variables) -> Self {
        Self { variables, ..self }
    }
}

impl DataPath {
    /// `InputPath` and `OutputPath`: what they select of the scope's input.
    pub fn apply(&self, scope: &Scope<'_>) -> Result<Payload, EvalError> {
        match self {
            Self::Whole => Ok(scope.input.clone()),
            Self::Discard => Ok(Payload::from_value(Value::Object(Map::new()))),
            Self::Path(path) => path.payload(scope),
        }
    }
}

impl ResultPath {
    /// The state's input with its result in place.
    pub fn place(&self, input: &Payload, result: Payload) -> Result<Payload, EvalError> {
        match self {
            Self::Whole => Ok(result),
            Self::Discard => Ok(input.clone()),
            Self::At(path) => {
                let output = path.place(input.value(), result.value().clone())?;
                check_depth(&output)?;
                Ok(Payload::from_value(output))
            }
        }
    }
}

/// The most seconds of a timeout or a heartbeat (ASL, "Timeouts").
const TIMEOUT_SECONDS_MAX: u64 = 99_999_999;

impl Number<u64> {
    /// `field` is the one that holds the number (`MaxConcurrencyPath`), for the cause of an error.
    pub fn resolve(&self, scope: &Scope<'_>, field: &'static str) -> Result<u64, EvalError> {
        let integer = self.integer(scope, field)?;
        let name = field.trim_end_matches("Path");
        let number = u64::try_from(integer)
            .map_err(|_| EvalError::new(names::RUNTIME, format!("{name} cannot be negative.")))?;
        let is_timeout = name.ends_with("Seconds");
        if is_timeout && !(1..=TIMEOUT_SECONDS_MAX).contains(&number) {
            let cause = format!("{name} must be between 1 and {TIMEOUT_SECONDS_MAX}.");
            return Err(EvalError::new(names::RUNTIME, cause));
        }
        Ok(number)
    }

    /// Whatever integer stands there. AWS reads one in a string, too.
    pub fn integer(&self, scope: &Scope<'_>, field: &'static str) -> Result<i64, EvalError> {
        let path = match self {
            Self::Literal(number) => return Ok(i64::try_from(*number).unwrap_or(i64::MAX)),
            Self::Path(path) => path,
        };
        let value = path.query(scope)?;
        let integer = decimal(&value).or_else(|| Decimal::parse(value.as_str()?));
        let integer = integer.and_then(Decimal::integer);
        integer.ok_or_else(|| no_number(field, path, &value, "integer"))
    }
}

impl Number<f64> {
    /// A percentage: 0 to 100.
    pub fn resolve(&self, scope: &Scope<'_>, field: &'static str) -> Result<f64, EvalError> {
        let path = match self {
            Self::Literal(number) => return Ok(*number),
            Self::Path(path) => path,
        };
        let value = path.query(scope)?;
        let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
        let number = number.ok_or_else(|| no_number(field, path, &value, "float"))?;
        if (0.0..=100.0).contains(&number) {
            return Ok(number);
        }
        let name = field.trim_end_matches("Path");
        Err(EvalError::new(names::RUNTIME, format!("{name} must be between 0 and 100.")))
    }
}

fn decimal(value: &Value) -> Option<Decimal<'_>> {
    let Value::Number(number) = value else { return None };
    Decimal::parse(number.as_str())
}

fn no_number(field: &str, path: &Path, value: &Value, kind: &str) -> EvalError {
    let cause = format!(
        "The {field} field refers to value \"{}\" which is not a valid {kind}: {}",
        plain(value),
        path.as_str()
    );
    EvalError::new(names::RUNTIME, cause)
}

/// A string bare, anything else as JSON.
fn plain(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

/// The longest wait, in seconds: AWS's timers count them in 32 bits.
const WAIT_SECONDS_MAX: i64 = i32::MAX as i64;

impl WaitFor {
    /// When the wait is over. May lie in the past.
    pub fn until(
        &self,
        entered_at: DateTime<Utc>,
        scope: &Scope<'_>,
    ) -> Result<DateTime<Utc>, EvalError> {
        let until = match self {
            Self::Seconds(seconds) => after(entered_at, i64::try_from(*seconds).ok()),
            Self::SecondsPath(path) => after(entered_at, Some(seconds_at(path, scope)?)),
            Self::Timestamp(instant) => Some(*instant),
            Self::TimestampPath(path) => Some(timestamp_at(path, scope)?),
        };
        let in_reach =
            |until: &DateTime<Utc>| (*until - entered_at).num_seconds() <= WAIT_SECONDS_MAX;
        until
            .filter(in_reach)
            .ok_or_else(|| EvalError::new(names::RUNTIME, "Wait state delay is too long."))
    }
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
