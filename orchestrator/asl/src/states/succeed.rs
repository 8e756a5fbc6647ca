//! Succeed: ends its branch; the output is the input through `InputPath` and `OutputPath`.

use crate::check::{Fields, Within};

#[derive(Debug)]
pub struct Succeed;

impl Succeed {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Self {
        fields.expression("Output");
        within.ends();
        Self
    }
}
