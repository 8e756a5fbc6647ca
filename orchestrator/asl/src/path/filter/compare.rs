//! What the operators of a filter mean, after Jayway's evaluators.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Operand, Operator};
use crate::number::Decimal;
use crate::path::budget::{Budget, Exhausted};
use crate::path::evaluate::Halt;

/// Whether the comparison holds. [`Halt::Invalid`] where the operator can't be applied to such operands.
pub(super) fn holds(
    left: &Operand<'_>,
    operator: Operator,
    right: &Operand<'_>,
    budget: &mut Budget,
) -> Result<bool, Halt> {
    if let (Some(left), Some(right)) = (value(left), value(right)) {
        budget.compare(left, right)?;
    }
    match operator {
        Operator::Equal => Ok(equal(left, right)),
        Operator::NotEqual => Ok(!equal(left, right)),
        Operator::SameEqual => Ok(same_kind(left, right) && equal(left, right)),
        Operator::NotSameEqual => Ok(!(same_kind(left, right) && equal(left, right))),
        Operator::Less => Ok(order(left, right).is_some_and(Ordering::is_lt)),
        Operator::LessOrEqual => Ok(order(left, right).is_some_and(Ordering::is_le)),
        Operator::Greater => Ok(order(left, right).is_some_and(Ordering::is_gt)),
        Operator::GreaterOrEqual => Ok(order(left, right).is_some_and(Ordering::is_ge)),
        Operator::Matches => matches(left, right, budget),
        Operator::In => is_in(left, right, budget),
        Operator::NotIn => Ok(!is_in(left, right, budget)?),
        Operator::Contains => contains(left, right, budget),
        Operator::Size => Ok(has_size(left, right)),
        Operator::Empty => is_empty(left, right),
        Operator::All => relate(right, left, budget, Relation::Subset),
        Operator::SubsetOf => relate(left, right, budget, Relation::Subset),
        Operator::AnyOf => relate(left, right, budget, Relation::Overlap),
        Operator::NoneOf => relate(left, right, budget, Relation::Disjoint),
    }
}

fn value<'a>(operand: &'a Operand<'_>) -> Option<&'a Value> {
    match operand {
        Operand::Value(value) => Some(value),
        Operand::Pattern(_) | Operand::Undefined => None,
    }
}

fn equal(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    match (left, right) {
        (Operand::Value(left), Operand::Value(right)) => equal_values(left, right),
        (Operand::Pattern(left), Operand::Pattern(right)) => left.as_str() == right.as_str(),
        (Operand::Value(_) | Operand::Undefined | Operand::Pattern(_), _) => false,
    }
}

/// A number equals a string that spells it.
fn equal_values(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => same_number(left.as_str(), right.as_str()),
        (Value::Number(left), Value::String(right)) => same_number(left.as_str(), right),
        (Value::String(left), Value::Number(right)) => left == right.as_str(),
        _ => left == right,
    }
}

fn same_number(left: &str, right: &str) -> bool {
    compare_numbers(left, right).is_some_and(Ordering::is_eq)
}

fn compare_numbers(left: &str, right: &str) -> Option<Ordering> {
    Some(Decimal::parse(left)?.compare(Decimal::parse(right)?))
}

fn same_kind(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    let (Some(left), Some(right)) = (value(left), value(right)) else { return false };
    let kind = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) | Value::Object(_) => 4,
    };
    kind(left) == kind(right)
}

fn order(left: &Operand<'_>, right: &Operand<'_>) -> Option<Ordering> {
    match (value(left)?, value(right)?) {
        (Value::Number(left), Value::Number(right)) => {
            compare_numbers(left.as_str(), right.as_str())
        }
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// One side must be a pattern. What isn't text, number or boolean is matched as the empty text.
fn matches(left: &Operand<'_>, right: &Operand<'_>, budget: &mut Budget) -> Result<bool, Halt> {
    let (pattern, subject) = match (left, right) {
        (Operand::Pattern(_), Operand::Pattern(_)) => return Ok(false),
        (Operand::Pattern(pattern), subject) | (subject, Operand::Pattern(pattern)) => {
            (*pattern, subject)
        }
        _ => return Ok(false),
    };
    let text = match value(subject) {
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.as_str(),
        Some(Value::Bool(true)) => "true",
        Some(Value::Bool(false)) => "false",
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => "",
    };
    budget.charge_pattern(pattern)?;
    budget.steps(pattern.searching(text.len()))?;
    let regex = pattern.regex().ok_or(Exhausted::Steps)?;
    Ok(regex.is_match(text))
}

/// The items of an array; `None` for an object; an error for what can't be taken for a list.
fn list<'a>(operand: &'a Operand<'_>) -> Result<Option<&'a [Value]>, Halt> {
    match value(operand) {
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(Value::Object(_)) => Ok(None),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {
            Err(Halt::Invalid("Expected value list node".to_owned()))
        }
    }
}

fn is_in(left: &Operand<'_>, right: &Operand<'_>, budget: &mut Budget) -> Result<bool, Halt> {
    let Some(items) = list(right)? else { return Ok(false) };
    let Some(left) = value(left) else { return Ok(false) };
    for item in items {
        budget.visit()?;
        if equal_values(left, item) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn contains(left: &Operand<'_>, right: &Operand<'_>, budget: &mut Budget) -> Result<bool, Halt> {
    match (value(left), value(right)) {
        (Some(Value::String(left)), Some(Value::String(right))) => {
            budget.search(left)?;
            Ok(left.contains(right.as_str()))
        }
        (Some(Value::Array(_)), _) => is_in(right, left, budget),
        _ => Ok(false),
    }
}

fn has_size(left: &Operand<'_>, right: &Operand<'_>) -> bool {
    let Some(Value::Number(expected)) = value(right) else { return false };
    let size = match value(left) {
        Some(Value::String(text)) => text.encode_utf16().count(),
        Some(Value::Array(items)) => items.len(),
        _ => return false,
    };
    expected.as_u64() == u64::try_from(size).ok()
}

fn is_empty(left: &Operand<'_>, right: &Operand<'_>) -> Result<bool, Halt> {
    let empty = match value(left) {
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => return Ok(false),
    };
    match value(right) {
        Some(Value::Bool(expected)) => Ok(empty == *expected),
        _ => Err(Halt::Invalid("Expected boolean node".to_owned())),
    }
}

/// How two lists are to stand to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Subset,
    Overlap,
    Disjoint,
}

fn relate(
    left: &Operand<'_>,
    right: &Operand<'_>,
    budget: &mut Budget,
    relation: Relation,
) -> Result<bool, Halt> {
    let (Some(right), Some(left)) = (list(right)?, list(left)?) else { return Ok(false) };
    for item in left {
        let mut found = false;
        for other in right {
            budget.visit()?;
            found |= equal_values(item, other);
        }
        match relation {
            Relation::Subset if !found => return Ok(false),
            Relation::Overlap if found => return Ok(true),
            Relation::Disjoint if found => return Ok(false),
            Relation::Subset | Relation::Overlap | Relation::Disjoint => {}
        }
    }
    Ok(relation != Relation::Overlap)
}
