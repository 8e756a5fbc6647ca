//! `$partition` and `$range`.

use jsonata_core::ambient;
use jsonata_core::value::JValue;

use super::{Answer, error, is_undefined, mismatch, number};
use crate::error::UNCODED;

/// The greatest length of a range, as of JSONata's own `[1..n]`.
const RANGE_MAX: f64 = 1e7;

/// `$partition(array, size)`: chunks of that size, the last one with what is left.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at least 1; a size beyond every array's length makes one chunk"
)]
pub(super) fn partition(arguments: &[JValue]) -> Answer {
    if is_undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let array = arguments.first().ok_or_else(|| mismatch(1, "partition"))?;
    let size = number(arguments, 1, "partition")?;
    if size.is_nan() || size.floor() < 1.0 {
        return Err(error(UNCODED, "The size of a chunk must be a positive integer"));
    }
    // Where JSONata wants an array, any other value is an array of one.
    let items = array.as_array().map_or(std::slice::from_ref(array), Vec::as_slice);
    let mut chunks = Vec::new();
    for chunk in items.chunks(size as usize) {
        ambient::step(1 + chunk.len() as u64 / 4)?;
        chunks.push(JValue::array(chunk.to_vec()));
    }
    Ok(JValue::array(chunks))
}

/// `$range(first, last, step)`: both included. A sequence, so that one of a single number is that number.
pub(super) fn range(arguments: &[JValue]) -> Answer {
    if is_undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let first = number(arguments, 0, "range")?;
    let last = number(arguments, 1, "range")?;
    let step = number(arguments, 2, "range")?;
    if step == 0.0 || !(first.is_finite() && last.is_finite() && step.is_finite()) {
        return Err(error(UNCODED, "The step of a range must be a number other than 0"));
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > RANGE_MAX {
        let message = format!(
            "The size of the sequence allocated by the range operator (..) must not exceed 1e7.  Attempted to allocate {count}."
        );
        return Err(error("D2014", &message));
    }
    let mut items = Vec::new();
    let mut index = 0.0;
    while index < count {
        ambient::room(items.len() * size_of::<JValue>());
        ambient::step(1)?;
        items.push(JValue::Number(first + index * step));
        index += 1.0;
    }
    Ok(JValue::sequence(items))
}
