//! Parallel: every branch gets the same input; the outputs are joined in an array in branch order.

use super::ResultPath;
use crate::machine::{Flow, Transition};
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

#[derive(Debug)]
pub struct Parallel {
    pub branches: Vec<Flow>,
    pub parameters: Option<Template>,
    pub result_selector: Option<Template>,
    pub result_path: ResultPath,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}
