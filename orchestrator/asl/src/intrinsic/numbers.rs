//! `States.Math…`: integers, and decimals that are rounded to them.

use serde_json::Value;

use super::kind;
use crate::Draw;
use crate::number::Decimal;

/// The nearest integer of a number, halves toward positive infinity as in Java.
pub(super) fn rounded(value: &Value, which: &str) -> Result<i64, String> {
    let Value::Number(number) = value else {
        return Err(format!("The {which} argument must be a number, but was {}", kind(value)));
    };
    Decimal::parse(number.as_str()).and_then(Decimal::round).ok_or_else(|| {
        format!("The {which} argument must be an integer of at most 64 bits, but was {number}")
    })
}

pub(super) fn add(left: &Value, right: &Value) -> Result<Value, String> {
    let (left, right) = (rounded(left, "first")?, rounded(right, "second")?);
    left.checked_add(right)
        .map(Value::from)
        .ok_or_else(|| format!("The sum of {left} and {right} has more than 64 bits"))
}

/// At least `start`, less than `end`. The same seed gives the same number.
pub(super) fn random(
    start: &Value,
    end: &Value,
    seed: Option<&Value>,
    draw: &mut Draw,
) -> Result<Value, String> {
    let (start, end) = (rounded(start, "first")?, rounded(end, "second")?);
    if start >= end {
        return Err(format!("The start, {start}, must be less than the end, {end}"));
    }
    let seed = seed.map(|seed| rounded(seed, "third")).transpose()?;
    let width = end.wrapping_sub(start).cast_unsigned();
    let offset = match seed {
        Some(seed) => Draw::new(seed.cast_unsigned()).below(width),
        None => draw.below(width),
    };
    Ok(Value::from(start.wrapping_add(offset.cast_signed())))
}
