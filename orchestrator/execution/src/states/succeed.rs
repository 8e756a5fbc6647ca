//! Succeed: ends its branch.

use crate::branch::Fault;
use crate::decide::{Next, Turn};

pub(crate) fn run(turn: &Turn<'_>) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    Ok(Next::Exit { output: turn.output(&input, &context)?, next: None, assigned: Vec::new() })
}
