//! Numbers of fields: timeouts, concurrency, tolerated failures.

use serde_json::Value;

use super::{Scope, decimal, plain};
use crate::Draw;
use crate::error::{EvalError, names};
use crate::number::Decimal;
use crate::path::Path;
use crate::states::Number;

/// The most seconds of a timeout or a heartbeat (ASL, "Timeouts").
const TIMEOUT_SECONDS_MAX: u64 = 99_999_999;

impl Number<u64> {
    /// `field` is the one that holds the number (`MaxConcurrencyPath`), for the cause of an error.
    pub fn resolve(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
        field: &'static str,
    ) -> Result<u64, EvalError> {
        let integer = self.integer(scope, draw, field)?;
        let name = field.trim_end_matches("Path");
        let number = u64::try_from(integer)
            .map_err(|_| self.refused(format!("{name} cannot be negative.")))?;
        let is_timeout = name.ends_with("Seconds");
        if is_timeout && !(1..=TIMEOUT_SECONDS_MAX).contains(&number) {
            let cause = format!("{name} must be between 1 and {TIMEOUT_SECONDS_MAX}.");
            return Err(self.refused(cause));
        }
        Ok(number)
    }

    /// Whatever integer stands there. By a path AWS reads one in a string, too.
    pub fn integer(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
        field: &'static str,
    ) -> Result<i64, EvalError> {
        match self {
            Self::Literal(number) => Ok(i64::try_from(*number).unwrap_or(i64::MAX)),
            Self::Path(path) => {
                let value = path.query(scope)?;
                let integer = decimal(&value).or_else(|| Decimal::parse(value.as_str()?));
                let integer = integer.and_then(Decimal::integer);
                integer.ok_or_else(|| no_number(field, path, &value, "integer"))
            }
            Self::Expression(expression) => expression.integer(scope, draw),
        }
    }
}

impl<T> Number<T> {
    fn refused(&self, cause: String) -> EvalError {
        match self {
            Self::Literal(_) | Self::Path(_) => EvalError::new(names::RUNTIME, cause),
            Self::Expression(expression) => expression.refused(cause),
        }
    }
}

impl Number<f64> {
    /// A percentage: 0 to 100.
    pub fn resolve(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
        field: &'static str,
    ) -> Result<f64, EvalError> {
        let number = match self {
            Self::Literal(number) => return Ok(*number),
            Self::Path(path) => {
                let value = path.query(scope)?;
                let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
                number.ok_or_else(|| no_number(field, path, &value, "float"))?
            }
            Self::Expression(expression) => expression.number(scope, draw)?,
        };
        if (0.0..=100.0).contains(&number) {
            return Ok(number);
        }
        let name = field.trim_end_matches("Path");
        Err(self.refused(format!("{name} must be between 0 and 100.")))
    }
}

fn no_number(field: &str, path: &Path, value: &Value, kind: &str) -> EvalError {
    let cause = format!(
        "The {field} field refers to value \"{}\" which is not a valid {kind}: {}",
        plain(value),
        path.as_str()
    );
    EvalError::new(names::RUNTIME, cause)
}
