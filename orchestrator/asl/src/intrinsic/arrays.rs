//! `States.Array…`: what is done with arrays.

use serde_json::{Number, Value};

use super::kind;
use super::numbers::rounded;
use crate::number::Decimal;
use crate::path::budget::Budget;

/// AWS's limit of `States.ArrayRange`.
const RANGE_MAX: i64 = 1_000;

fn items<'v>(value: &'v Value, which: &str) -> Result<&'v [Value], String> {
    let Value::Array(items) = value else {
        return Err(format!("The {which} argument must be an array, but was {}", kind(value)));
    };
    Ok(items)
}

pub(super) fn partition(array: &Value, size: &Value) -> Result<Value, String> {
    let items = items(array, "first")?;
    let size = rounded(size, "second")?;
    let size = usize::try_from(size)
        .ok()
        .filter(|&size| size > 0)
        .ok_or_else(|| format!("The chunk size must be a positive integer, but was {size}"))?;
    Ok(items.chunks(size).map(|chunk| Value::Array(chunk.to_vec())).collect())
}

pub(super) fn contains(array: &Value, wanted: &Value) -> Result<Value, String> {
    let found = items(array, "first")?.iter().any(|item| same(item, wanted));
    Ok(Value::Bool(found))
}

/// From `first` to `last`, both included, in steps.
pub(super) fn range(first: &Value, last: &Value, step: &Value) -> Result<Value, String> {
    let first = rounded(first, "first")?;
    let last = rounded(last, "second")?;
    let step = rounded(step, "third")?;
    if step == 0 {
        return Err("The step (third argument) must not be 0".to_owned());
    }
    let count = (i128::from(last) - i128::from(first)) / i128::from(step) + 1;
    let backwards = (last < first) == (step > 0) && first != last;
    if backwards {
        return Ok(Value::Array(Vec::new()));
    }
    if count > i128::from(RANGE_MAX) {
        return Err(format!(
            "The range would have {count} items; at most {RANGE_MAX} are possible"
        ));
    }
    let mut numbers = Vec::new();
    let mut next = Some(first);
    while let Some(number) = next.filter(|&n| if step > 0 { n <= last } else { n >= last }) {
        numbers.push(Value::from(number));
        next = number.checked_add(step);
    }
    Ok(Value::Array(numbers))
}

pub(super) fn get_item(array: &Value, index: &Value) -> Result<Value, String> {
    let items = items(array, "first")?;
    let index = rounded(index, "second")?;
    let item = usize::try_from(index).ok().and_then(|place| items.get(place));
    item.cloned().ok_or_else(|| {
        format!("The index {index} is outside of the array, which has {} items", items.len())
    })
}

pub(super) fn length(array: &Value) -> Result<Value, String> {
    Ok(Value::from(items(array, "first")?.len()))
}

/// The first of each set of equal items, in order.
pub(super) fn unique(array: &Value, budget: &mut Budget) -> Result<Value, String> {
    let mut kept: Vec<&Value> = Vec::new();
    for item in items(array, "first")? {
        // Each item is compared with all that were kept.
        budget
            .visits(kept.len())
            .map_err(|_| "The array has too many different items".to_owned())?;
        if !kept.iter().any(|other| same(other, item)) {
            kept.push(item);
        }
    }
    Ok(kept.into_iter().cloned().collect())
}

/// Whether two values are equal. The order of fields doesn't count; an integer is no decimal.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => same_number(left, right),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

fn same_number(left: &Number, right: &Number) -> bool {
    let is_integer = |number: &Number| !number.as_str().contains(['.', 'e', 'E']);
    if is_integer(left) != is_integer(right) {
        return false;
    }
    match (Decimal::parse(left.as_str()), Decimal::parse(right.as_str())) {
        (Some(left), Some(right)) => left.compare(right).is_eq(),
        _ => left == right,
    }
}
