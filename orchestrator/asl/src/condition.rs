//! Choice rules: which condition holds for a payload.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::{Number, Value};

use crate::Draw;
use crate::dataflow::Scope;
use crate::error::{EvalError, names};
use crate::number::Decimal;
use crate::path::Path;
use crate::states::{Choice, ChoiceRule, Comparison, Condition, Kind, Operand, Order, Test};
use crate::timestamp;

impl Choice {
    /// The first rule that holds.
    pub fn choose(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
    ) -> Result<Option<&ChoiceRule>, EvalError> {
        for rule in &self.rules {
            if rule.test.holds(scope, draw)? {
                return Ok(Some(rule));
            }
        }
        Ok(None)
    }
}

impl Test {
    pub fn holds(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<bool, EvalError> {
        match self {
            Self::Comparison(condition) => condition.holds(scope),
            Self::Expression(expression) => expression.boolean(scope, draw),
            Self::Fixed(holds) => Ok(*holds),
        }
    }
}

impl Condition {
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool, EvalError> {
        match self {
            Self::And(conditions) => all_hold(conditions, scope),
            Self::Or(conditions) => one_holds(conditions, scope),
            Self::Not(condition) => Ok(!condition.holds(scope)?),
            Self::Compare { variable, comparison } => comparison.holds(variable, scope),
        }
    }
}

/// Those behind the first that doesn't hold are not looked at.
fn all_hold(conditions: &[Condition], scope: &Scope<'_>) -> Result<bool, EvalError> {
    for condition in conditions {
        if !condition.holds(scope)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those behind the first that holds are not looked at.
fn one_holds(conditions: &[Condition], scope: &Scope<'_>) -> Result<bool, EvalError> {
    for condition in conditions {
        if condition.holds(scope)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Comparison {
    fn holds(&self, variable: &Path, scope: &Scope<'_>) -> Result<bool, EvalError> {
        if let Self::Is { kind: Kind::Present, expected } = self {
            return Ok(variable.look(scope)?.is_some() == *expected);
        }
        let value = &*value_at(variable, scope)?;
        match self {
            Self::Is { kind, expected } => Ok(is_kind(value, *kind) == *expected),
            Self::String { order, operand } => {
                let operand = find(operand, scope)?;
                Ok(order.holds_between(compare_strings(
                    value.as_str(),
                    operand.as_deref().map(String::as_str),
                )))
            }
            Self::Matches(pattern) => Ok(value.as_str().is_some_and(|text| pattern.matches(text))),
            Self::Numeric { order, operand } => {
                let operand = find(operand, scope)?;
                Ok(order.holds_between(compare_numbers(number(value), operand.as_deref())))
            }
            Self::Boolean { operand } => {
                let operand = find(operand, scope)?;
                Ok(value.as_bool().is_some_and(|flag| operand.as_deref() == Some(&flag)))
            }
            Self::Timestamp { order, operand } => {
                let operand = find(operand, scope)?;
                let instant = value.as_str().and_then(timestamp::parse);
                Ok(order.holds_between(instant.zip(operand).map(|(left, right)| left.cmp(&right))))
            }
        }
    }
}

/// What a path of a rule leads to; that it leads nowhere is an error of the state.
fn value_at<'s>(path: &Path, scope: &Scope<'s>) -> Result<Cow<'s, Value>, EvalError> {
    path.look(scope)?.ok_or_else(|| {
        let cause = format!(
            "Invalid path '{}': The choice state's condition path references an invalid value.",
            path.as_str()
        );
        EvalError::new(names::RUNTIME, cause)
    })
}

impl Order {
    /// Never between what can't be compared.
    fn holds_between(self, ordering: Option<Ordering>) -> bool {
        ordering.is_some_and(|ordering| self.holds(ordering))
    }
}

/// What an operand may be: written in the definition, or found by a path.
trait Comparable: Clone {
    /// `None` for a value of another type: the comparison doesn't hold then.
    fn from_value(value: &Value) -> Option<Self>;
}

impl Comparable for String {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Comparable for bool {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Comparable for Number {
    fn from_value(value: &Value) -> Option<Self> {
        number(value).cloned()
    }
}

impl Comparable for DateTime<Utc> {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_str().and_then(timestamp::parse)
    }
}

fn find<'o, T: Comparable>(
    operand: &'o Operand<T>,
    scope: &Scope<'_>,
) -> Result<Option<Cow<'o, T>>, EvalError> {
    match operand {
        Operand::Literal(operand) => Ok(Some(Cow::Borrowed(operand))),
        Operand::Path(path) => Ok(T::from_value(&*value_at(path, scope)?).map(Cow::Owned)),
    }
}

fn number(value: &Value) -> Option<&Number> {
    let Value::Number(number) = value else { return None };
    Some(number)
}

fn compare_numbers(left: Option<&Number>, right: Option<&Number>) -> Option<Ordering> {
    let left = Decimal::parse(left?.as_str())?;
    let right = Decimal::parse(right?.as_str())?;
    Some(left.compare(right))
}

/// By UTF-16 units, as Java orders strings.
fn compare_strings(left: Option<&str>, right: Option<&str>) -> Option<Ordering> {
    let (left, right) = (left?, right?);
    if left == right {
        return Some(Ordering::Equal);
    }
    Some(left.encode_utf16().cmp(right.encode_utf16()))
}

fn is_kind(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Present => true,
        Kind::Null => value.is_null(),
        Kind::Numeric => value.is_number(),
        Kind::String => value.is_string(),
        Kind::Boolean => value.is_boolean(),
        Kind::Timestamp => value.as_str().is_some_and(|text| timestamp::parse(text).is_some()),
    }
}
