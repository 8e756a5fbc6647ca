//! Succeed: ends its branch.

use crate::branch::Fault;
use crate::decide::{Next, Turn};
use crate::draft::Draft;

pub(crate) fn run(
    turn: &Turn<'_>,
    succeed: &asl::states::Succeed,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let output = turn.render(succeed.output.as_ref(), &turn.scope(&input, &context), draft)?;
    Ok(Next::Exit { output: turn.output(&output, &context)?, next: None, assigned: Vec::new() })
}
