//! What each state type does in its turn, one file each.

pub(crate) mod choice;
pub(crate) mod fail;
pub(crate) mod map;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod succeed;
pub(crate) mod task;
pub(crate) mod wait;

use asl::states::ResultPath;
use asl::template::Template;
use asl::{Context, Payload};

use crate::branch::Fault;
use crate::decide::Turn;
use crate::draft::Draft;

impl Turn<'_> {
    /// `Parameters`, `ItemSelector` or `ResultSelector`, where there is one.
    pub(crate) fn render(
        &self,
        template: Option<&Template>,
        input: Payload,
        context: &Context,
        draft: &mut Draft,
    ) -> Result<Payload, Fault> {
        let Some(template) = template else { return Ok(input) };
        let rendered = template.render(&self.scope(&input, context), &mut draft.draw);
        rendered.map(Payload::from_value).map_err(|error| self.fault(error))
    }

    /// A result on its way out: placed in the state's input, then through `OutputPath`.
    pub(crate) fn place(
        &self,
        result: Payload,
        result_path: &ResultPath,
        context: &Context,
    ) -> Result<Payload, Fault> {
        let placed = result_path.place(&self.visit.input, result);
        self.output(&placed.map_err(|error| self.fault(error))?, context)
    }
}
