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
    let scope = turn.scope(&input, &context);
    let input = turn.render(parallel.arguments.as_ref(), &scope, draft)?;
    turn.check_size(&input, &turn.visit.state)?;
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
    let result = join.array();
    let scope = turn.scope(&turn.visit.input, &context).with_result(&result);
    let output = turn.make(&parallel.output, result.clone(), &scope, draft)?;
    let assigned = turn.assign(&turn.state.assign, &result, &scope, draft)?;
    Ok(Next::exit(output, assigned, parallel.transition))
}
