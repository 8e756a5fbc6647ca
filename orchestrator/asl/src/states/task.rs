//! Task: work handed to a task queue.

mod read;

use super::{Number, Output};
use crate::machine::Transition;
use crate::resource::Resource;
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

/// Seconds, 1 to 99,999,999; computed, 0 is refused at run time.
pub type Seconds = Number<u64>;

#[derive(Debug)]
pub struct Task {
    pub resource: Resource,
    /// `Parameters`, in JSONata `Arguments`. Absent: the input.
    pub arguments: Option<Template>,
    pub output: Output,
    pub timeout: Option<Seconds>,
    pub heartbeat: Option<Seconds>,
    /// With `RoleArn`.
    pub credentials: Option<Template>,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}
