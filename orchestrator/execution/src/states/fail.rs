//! Fail: raises its error.

use asl::Scope;
use asl::retry::Origin;
use asl::states::FailText;

use crate::branch::Fault;
use crate::decide::{Next, Turn};
use crate::draft::Draft;
use crate::event::Failure;

pub(crate) fn run(
    turn: &Turn<'_>,
    fail: &asl::states::Fail,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let scope = turn.scope(&turn.visit.input, &context);
    let error = text(turn, (fail.error.as_ref(), "ErrorPath"), &scope, draft)?;
    let cause = text(turn, (fail.cause.as_ref(), "CausePath"), &scope, draft)?;
    Err(Fault::new(Failure { error, cause }, Origin::Elsewhere))
}

fn text(
    turn: &Turn<'_>,
    (text, field): (Option<&FailText>, &'static str),
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<Option<String>, Fault> {
    match text {
        None => Ok(None),
        Some(FailText::Literal(text)) => Ok(Some(text.clone())),
        Some(FailText::Computed(text)) => {
            let text = text.evaluate(scope, &mut draft.draw, field);
            text.map(Some).map_err(|error| turn.fault(error))
        }
        Some(FailText::Expression(expression)) => {
            let text = expression.text(scope, &mut draft.draw);
            text.map(Some).map_err(|error| turn.fault(error))
        }
    }
}
