//! Choice: the first rule that holds names the next state.

use asl::error::EvalError;
use asl::names;

use crate::branch::Fault;
use crate::decide::{Next, Turn};

pub(crate) fn run(turn: &Turn<'_>, choice: &asl::states::Choice) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let chosen = choice.choose(&scope).map_err(|error| turn.fault(error))?;
    let Some(next) = chosen else {
        return Err(turn.fault(EvalError {
            error: names::NO_CHOICE_MATCHED.into(),
            // AWS's sentence.
            cause:
                "Failed to transition out of the state. The state does not point to a next state."
                    .to_owned(),
        }));
    };
    Ok(Next::Exit {
        output: turn.output(&input, &context)?,
        next: Some(next),
        assigned: Vec::new(),
    })
}
