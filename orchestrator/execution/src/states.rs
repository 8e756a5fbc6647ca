//! What each state type does in its turn, one file each.

pub(crate) mod choice;
pub(crate) mod fail;
pub(crate) mod map;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod succeed;
pub(crate) mod task;
pub(crate) mod wait;

use asl::states::Output;
use asl::template::Template;
use asl::{Payload, Scope};

use crate::branch::Fault;
use crate::decide::Turn;
use crate::draft::Draft;

impl Turn<'_> {
    /// What the template makes of what the scope shows; the scope's input where there is none.
    pub(crate) fn render(
        &self,
        template: Option<&Template>,
        scope: &Scope<'_>,
        draft: &mut Draft,
    ) -> Result<Payload, Fault> {
        let Some(template) = template else { return Ok(scope.input.clone()) };
        let rendered = template.render(scope, &mut draft.draw);
        rendered.map(Payload::from_value).map_err(|error| self.fault(error))
    }

    /// A result on its way out. The scope's input is the state's own; `OutputPath` comes last.
    pub(crate) fn make(
        &self,
        output: &Output,
        result: Payload,
        scope: &Scope<'_>,
        draft: &mut Draft,
    ) -> Result<Payload, Fault> {
        let made = output.make(scope, result, &mut draft.draw);
        self.output(&made.map_err(|error| self.fault(error))?, scope.context)
    }
}
