//! What each state type does in its turn, one file each.

pub(crate) mod child;
pub(crate) mod choice;
pub(crate) mod fail;
pub(crate) mod map;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod succeed;
pub(crate) mod task;
pub(crate) mod wait;

use asl::states::{Assign, Output};
use asl::template::Template;
use asl::{Assignment, Payload, QueryLanguage, Scope};

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

    /// What an `Assign` sets, visible with the state's exit. Paths look into `current`: the result where there is one,
    /// the effective input, or a catcher's error output.
    pub(crate) fn assign(
        &self,
        assign: &Assign,
        current: &Payload,
        scope: &Scope<'_>,
        draft: &mut Draft,
    ) -> Result<Vec<Assignment>, Fault> {
        let assigned = match self.state.query_language {
            QueryLanguage::JsonPath => assign.evaluate(&scope.of_input(current), &mut draft.draw),
            QueryLanguage::Jsonata => assign.evaluate(scope, &mut draft.draw),
        };
        assigned.map_err(|error| self.fault(error))
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
