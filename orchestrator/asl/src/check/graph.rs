//! Whether a flow can end, and whether each of its states can be reached.

use std::collections::BTreeSet;

use super::scope::Scope;
use super::source::Member;
use super::{Check, Place};
use crate::diagnostic::Fault;
use crate::machine::StateId;

/// Where the ways out of a state are not known, nothing follows from them. Like AWS, a flow that cannot end is not asked what is unreachable in it.
pub(super) fn check_flow(
    check: &Check,
    flow: &Place,
    states: &[Member],
    scope: &Scope<'_>,
    start: Option<StateId>,
) {
    if scope.is_obscure() {
        return;
    }
    if !scope.has_end() {
        check.report(flow, Fault::NoTerminalState);
        return;
    }
    // Without a start nothing is reachable: what no other state leads to is named alone.
    let found = start.map_or_else(|| scope.targeted(), |start| reachable(scope, start));
    for state in states {
        let id = check.ids[&state.value.at];
        if scope.means(&state.name, id) && !found.contains(&id) {
            let pointer = format!("{}/States/{}", flow.pointer, state.name);
            let fault = Fault::Unreachable { name: state.name.clone() };
            check.report(&Place { pointer, at: state.at }, fault);
        }
    }
}

fn reachable(scope: &Scope<'_>, start: StateId) -> BTreeSet<StateId> {
    let mut reached = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(state) = waiting.pop() {
        let fresh = scope.targets(state).into_iter().filter(|target| reached.insert(*target));
        waiting.extend(fresh);
    }
    reached
}
