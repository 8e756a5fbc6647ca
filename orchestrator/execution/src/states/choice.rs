//! Choice: the first rule that holds names the next state.

use asl::error::{EvalError, names};

use crate::branch::Fault;
use crate::decide::{Next, Turn};
use crate::draft::Draft;

pub(crate) fn run(
    turn: &Turn<'_>,
    choice: &asl::states::Choice,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let chosen = choice.choose(&scope, &mut draft.draw).map_err(|error| turn.fault(error))?;
    let (next, output, assign) = match (chosen, choice.default) {
        (Some(rule), _) => (rule.next, &rule.output, &rule.assign),
        (None, Some(default)) => (default, &choice.output, &turn.state.assign),
        (None, None) => {
            // AWS's sentence.
            let cause =
                "Failed to transition out of the state. The state does not point to a next state.";
            return Err(turn.fault(EvalError::new(names::NO_CHOICE_MATCHED, cause)));
        }
    };
    let output = turn.render(output.as_ref(), &scope, draft)?;
    let output = turn.output(&output, &context)?;
    let assigned = turn.assign(assign, &input, &scope, draft)?;
    Ok(Next::Exit { output, next: Some(next), assigned })
}
