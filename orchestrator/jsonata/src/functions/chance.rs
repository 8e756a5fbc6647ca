//! `$random` and `$uuid`, from the evaluation's own draws.

use jsonata_core::ambient;
use jsonata_core::value::JValue;

use super::{Answer, mismatch};
use crate::draw::Draw;

fn draw() -> Draw {
    Draw::new(ambient::draw())
}

pub(super) fn uuid(arguments: &[JValue]) -> Answer {
    if arguments.is_empty() { Ok(JValue::from(draw().uuid())) } else { Err(mismatch(1, "uuid")) }
}

/// `$random(seed)` is the same number for the same seed.
pub(super) fn random(arguments: &[JValue]) -> Answer {
    let mut draw = match arguments {
        [] | [JValue::Undefined] => draw(),
        [JValue::Number(seed)] => Draw::new(seed.to_bits()),
        _ => return Err(mismatch(1, "random")),
    };
    Ok(JValue::Number(draw.fraction()))
}
