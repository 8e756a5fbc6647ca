//! Fail: ends its execution, or its branch, with an error.

use crate::template::Text;

#[derive(Debug)]
pub struct Fail {
    pub error: Option<FailText>,
    pub cause: Option<FailText>,
}

/// `Error`/`Cause`, or `ErrorPath`/`CausePath` (a path or an intrinsic function).
#[derive(Debug)]
pub enum FailText {
    Literal(String),
    Computed(Text),
}
