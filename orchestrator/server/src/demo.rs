//! The demo: a server and workers as processes of their own, every order of the example, and a verdict.

mod orders;
mod process;
mod stage;
mod verdict;

pub(crate) use orders::{Orders, Progress};
pub(crate) use process::parent_gone;
pub(crate) use stage::Stage;
pub(crate) use verdict::Verdict;
