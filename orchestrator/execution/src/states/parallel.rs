//! Parallel: one branch per flow, the same input for each; the results in branch order.

use crate::branch::{Fault, Join};
use crate::decide::{Next, Turn};
use crate::draft::Draft;
use crate::event::EventKind;
use crate::id::BranchId;

pub(crate) fn begin(
    turn: &Turn<'_>,
    parallel: &asl::states::Parallel,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let input = turn.render(parallel.parameters.as_ref(), input, &context, draft)?;
    let starts = parallel.branches.iter();
    let starts = starts.map(|flow| turn.machine.state(flow.start_at).name.clone()).collect();
    let first = BranchId(turn.execution.branches_made);
    let kind = EventKind::ParallelStarted { state: turn.state.name.clone(), first, starts };
    draft.push(turn.id, turn.branch.last, Some(input), kind);
    Ok(Next::Stay)
}

pub(crate) fn finish(
    turn: &Turn<'_>,
    parallel: &asl::states::Parallel,
    join: &Join,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let result = turn.render(parallel.result_selector.as_ref(), join.array(), &context, draft)?;
    let output = turn.place(result, &parallel.result_path, &context)?;
    Ok(Next::exit(output, parallel.transition))
}
