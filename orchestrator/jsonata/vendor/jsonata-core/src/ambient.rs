// What an evaluation on this thread may ask the world for, and what it may cost. Not part of the release: see PATCHES.md.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Random bits, from whoever evaluates.
pub type Chance = Rc<dyn Fn() -> u64>;

thread_local! {
    static NOW_MILLIS: Cell<i64> = const { Cell::new(0) };
    static CHANCE: RefCell<Option<Chance>> = const { RefCell::new(None) };
}

/// While it lives, evaluations on this thread happen at its instant and draw from its source.
pub struct Ambience(());

pub fn enter(now_millis: i64, chance: Chance) -> Ambience {
    NOW_MILLIS.set(now_millis);
    CHANCE.set(Some(chance));
    Ambience(())
}

impl Drop for Ambience {
    fn drop(&mut self) {
        CHANCE.set(None);
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
