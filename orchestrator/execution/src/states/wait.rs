//! Wait: a timer, unless its time has come already.

use crate::branch::Fault;
use crate::decide::{Next, Turn};
use crate::draft::Draft;
use crate::event::EventKind;
use crate::instant::rounded_up;

pub(crate) fn begin(
    turn: &Turn<'_>,
    wait: &asl::states::Wait,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let until = wait.until.until(turn.visit.begun_at, &scope, &mut draft.draw);
    let until = rounded_up(until.map_err(|error| turn.fault(error))?);
    if until <= turn.now {
        return finish(turn, draft);
    }
    draft.internal(turn.id, EventKind::TimerStarted { state: turn.state.name.clone(), until });
    Ok(Next::Stay)
}

pub(crate) fn finish(turn: &Turn<'_>, draft: &mut Draft) -> Result<Next, Fault> {
    let asl::StateKind::Wait(wait) = &turn.state.kind else {
        return Err(turn.runtime("the definition no longer has a Wait here"));
    };
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let output = turn.render(wait.output.as_ref(), &scope, draft)?;
    let output = turn.output(&output, &context)?;
    let assigned = turn.assign(&turn.state.assign, &input, &scope, draft)?;
    Ok(Next::exit(output, assigned, wait.transition))
}
