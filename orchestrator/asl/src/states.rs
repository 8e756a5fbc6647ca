//! The eight state types, one file each.

mod choice;
mod fail;
mod map;
mod parallel;
mod pass;
mod succeed;
mod task;
mod wait;

pub use choice::{
    Choice, ChoiceRule, Comparison, Condition, Kind, Operand, Order, Pattern, PatternError,
};
pub use fail::{Fail, FailText};
pub use map::{Map, MapNumber};
pub use parallel::Parallel;
pub use pass::Pass;
pub use succeed::Succeed;
pub use task::{Seconds, Task};
pub use wait::{Wait, WaitFor};

use crate::path::{Path, ReferencePath};

/// `ResultPath` (and a catcher's).
#[derive(Debug, Clone, PartialEq)]
pub enum ResultPath {
    /// Absent or `$`: the result replaces the input.
    Whole,
    /// `null`: the result is discarded, the input passes.
    Discard,
    At(ReferencePath),
}

/// A number that is written down or found in the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Number<T> {
    Literal(T),
    Path(Path),
}
