//! Succeed: ends its branch; the output is the input through `InputPath` and `OutputPath`.

#[derive(Debug)]
pub struct Succeed;
