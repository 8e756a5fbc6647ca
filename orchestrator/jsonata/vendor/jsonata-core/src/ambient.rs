// What an evaluation on this thread may ask the world for, and what it may cost. Not part of the release: see PATCHES.md.
//
// A step is a node evaluated, an item visited, or some bytes gone through; a byte is charged while the value that holds it
// lives. When either runs out the evaluation is spent, and stays so: what can't fail stops early with any answer, for the
// next check fails, and the last check comes after the evaluation.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::evaluator::EvaluatorError;

/// Random bits, from whoever evaluates.
pub type Chance = Rc<dyn Fn() -> u64>;

/// What one evaluation may cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub steps: u64,
    /// Bytes alive at one time, beyond those that lived before.
    pub bytes: usize,
}

thread_local! {
    static NOW_MILLIS: Cell<i64> = const { Cell::new(0) };
    static CHANCE: RefCell<Option<Chance>> = const { RefCell::new(None) };
    static ALIVE: Cell<isize> = const { Cell::new(0) };
    static CEILING: Cell<isize> = const { Cell::new(isize::MAX) };
    static STEPS: Cell<u64> = const { Cell::new(u64::MAX) };
    static OUT_OF_BYTES: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, evaluations on this thread happen at its instant, draw from its source and share its budget.
pub struct Ambience(());

pub fn enter(now_millis: i64, chance: Chance, budget: Budget) -> Ambience {
    NOW_MILLIS.set(now_millis);
    CHANCE.set(Some(chance));
    CEILING.set(ALIVE.get().saturating_add_unsigned(budget.bytes));
    STEPS.set(budget.steps);
    OUT_OF_BYTES.set(false);
    Ambience(())
}

impl Drop for Ambience {
    fn drop(&mut self) {
        CHANCE.set(None);
        CEILING.set(isize::MAX);
        STEPS.set(u64::MAX);
        OUT_OF_BYTES.set(false);
    }
}

/// The instant of the evaluation, in milliseconds since 1970.
pub fn now_millis() -> i64 {
    NOW_MILLIS.get()
}

/// 64 random bits; 0 outside of an evaluation.
pub fn draw() -> u64 {
    CHANCE.with_borrow(|chance| chance.as_ref().map_or(0, |chance| chance()))
}

/// Below `bound`, which is not 0.
pub(crate) fn below(bound: usize) -> usize {
    ((u128::from(draw()) * bound as u128) >> 64) as usize
}

pub(crate) fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(now_millis()).unwrap_or_default()
}

#[inline]
pub(crate) fn charge(bytes: usize) {
    ALIVE.set(ALIVE.get().wrapping_add_unsigned(bytes));
}

#[inline]
pub(crate) fn release(bytes: usize) {
    ALIVE.set(ALIVE.get().wrapping_sub_unsigned(bytes));
}

/// Takes steps; false when there are none left, or no bytes.
#[inline]
pub fn spend(steps: u64) -> bool {
    let left = STEPS.get().saturating_sub(steps);
    STEPS.set(left);
    left > 0 && room(0)
}

/// Comparing long texts takes steps; false where there are none left.
#[inline]
pub(crate) fn pay_to_compare(bytes: usize) -> bool {
    bytes < 256 || spend(bytes as u64 / 256)
}

/// Sorting long texts does, beforehand: an order that changed on the way would be none. Each is compared about as often as
/// their number has bits.
pub(crate) fn pay_to_sort<'s>(texts: impl Iterator<Item = &'s str>) -> Result<(), EvaluatorError> {
    let (count, bytes) = texts.fold((0_u64, 0), |(count, bytes), text| (count + 1, bytes + text.len() as u64 / 256));
    step(bytes * u64::from(count.checked_ilog2().unwrap_or(0) + 1))
}

/// Steps that are left.
pub fn left() -> u64 {
    STEPS.get()
}

/// Whether so many bytes more could be alive; if not, the evaluation is spent.
#[inline]
pub fn room(bytes: usize) -> bool {
    if ALIVE.get().saturating_add_unsigned(bytes) > CEILING.get() {
        OUT_OF_BYTES.set(true);
    }
    !OUT_OF_BYTES.get()
}

/// Takes steps, and fails where the evaluation is spent.
#[inline]
pub fn step(steps: u64) -> Result<(), EvaluatorError> {
    if spend(steps) {
        Ok(())
    } else {
        Err(spent())
    }
}

/// `room`, as a failure.
#[inline]
pub(crate) fn make_room(bytes: usize) -> Result<(), EvaluatorError> {
    if room(bytes) {
        Ok(())
    } else {
        Err(spent())
    }
}

#[cold]
fn spent() -> EvaluatorError {
    EvaluatorError::EvaluationError(why_spent().to_string())
}

pub(crate) fn why_spent() -> &'static str {
    if OUT_OF_BYTES.get() {
        "U1004: The evaluation needs too much memory"
    } else {
        "D1012: Evaluation timeout: it takes too many steps. Check for infinite loop"
    }
}

/// What going through a value's top level costs.
pub(crate) fn weight(value: &crate::value::JValue) -> u64 {
    use crate::value::JValue;
    match value {
        JValue::String(text) => text.len() as u64 / 32,
        JValue::Array(items) => items.len() as u64 / 4,
        JValue::Object(fields) => fields.len() as u64,
        _ => 1,
    }
}
