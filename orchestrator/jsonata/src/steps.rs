//! What evaluations may cost: steps instead of seconds, so that an expression's fate is the same on every machine.

use std::cell::Cell;
use std::rc::Rc;

/// What is left for all that shares it; a clone does. No honest expressions over a payload come near its end; hostile ones
/// get there within a second.
#[derive(Debug, Clone)]
pub struct Steps(Rc<Cell<u64>>);

impl Default for Steps {
    fn default() -> Self {
        Self(Rc::new(Cell::new(Self::MAX)))
    }
}

impl Steps {
    pub const MAX: u64 = 4_000_000;

    /// False where there are not so many left: there are none, then.
    #[must_use]
    pub fn take(&self, count: u64) -> bool {
        let left = self.left().checked_sub(count);
        self.leave(left.unwrap_or(0));
        left.is_some()
    }

    pub fn taken(&self) -> u64 {
        Self::MAX - self.left()
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.get()
    }

    pub(crate) fn leave(&self, left: u64) {
        self.0.set(left);
    }
}
