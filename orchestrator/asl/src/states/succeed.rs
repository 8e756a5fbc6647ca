//! Succeed: ends its branch; the output is the input through `InputPath` and `OutputPath`, in JSONata `Output`.

use crate::check::{Fields, Sees, Within};
use crate::template::Template;

#[derive(Debug)]
pub struct Succeed {
    /// JSONata alone has it. Absent: the input.
    pub output: Option<Template>,
}

impl Succeed {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Self {
        within.ends();
        Self { output: fields.output(Sees::Input) }
    }
}
