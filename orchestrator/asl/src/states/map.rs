//! Map: one branch per item, or one child execution per item or batch of them.

mod batcher;
mod distributed;
mod read;
mod reader;
mod writer;

pub use batcher::ItemBatcher;
pub use distributed::{Distributed, ExecutionType};
pub use reader::{CsvHeaders, Format, ItemReader, Source};
pub use writer::{OutputType, ResultWriter, Target, Transformation, WriterConfig};

use super::{Number, Output};
use crate::machine::{Flow, Transition};
use crate::path::Path;
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

pub type MapNumber = Number<u64>;

/// Where the array is whose elements are worked on.
#[derive(Debug, Clone, PartialEq)]
pub enum Items {
    /// JSONPath: `ItemsPath`; absent: the input.
    Path(Option<Path>),
    /// JSONata: `Items`, an expression, or an array that may hold some; absent: the input.
    Computed(Option<Template>),
}

#[derive(Debug)]
pub struct Map {
    pub items: Items,
    /// `ItemSelector`, or `Parameters` in its older form.
    pub item_selector: Option<Template>,
    /// `ItemProcessor`, or `Iterator` in its older form.
    pub processor: Flow,
    /// Absent: the items run within this execution.
    pub distributed: Option<Box<Distributed>>,
    /// 0 or absent: no limit.
    pub max_concurrency: Option<MapNumber>,
    pub tolerated_failure_count: Option<MapNumber>,
    /// 0 to 100.
    pub tolerated_failure_percentage: Option<Number<f64>>,
    pub output: Output,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}
