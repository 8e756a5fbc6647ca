//! Pass: its input, or a result written down or computed.

use asl::Payload;

use crate::branch::Fault;
use crate::decide::{Next, Turn};
use crate::draft::Draft;

pub(crate) fn run(
    turn: &Turn<'_>,
    pass: &asl::states::Pass,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let result = match &pass.result {
        Some(result) => Payload::from_value(result.clone()),
        None => turn.render(pass.parameters.as_ref(), &turn.scope(&input, &context), draft)?,
    };
    let scope = turn.scope(&turn.visit.input, &context);
    let output = turn.make(&pass.output, result.clone(), &scope, draft)?;
    let assigned = turn.assign(&turn.state.assign, &result, &scope, draft)?;
    Ok(Next::exit(output, assigned, pass.transition))
}
