//! Task: work handed to a task queue.

mod read;

use serde_json::Value;

use super::{Number, ResultPath};
use crate::machine::Transition;
use crate::resource::Resource;
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

/// Seconds, 1 to 99,999,999; by path 0 is refused at run time.
pub type Seconds = Number<u64>;

#[derive(Debug)]
pub struct Task {
    pub resource: Resource,
    pub parameters: Option<Template>,
    pub result_selector: Option<Template>,
    pub result_path: ResultPath,
    pub timeout: Option<Seconds>,
    pub heartbeat: Option<Seconds>,
    pub credentials: Option<Value>,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}
