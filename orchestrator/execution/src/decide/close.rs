//! Branches that end before their end: siblings of a failure, a stop, a timeout of the machine.

use crate::branch::Branch;
use crate::draft::Draft;
use crate::event::{EventKind, StateType};
use crate::execution::Execution;
use crate::id::{BranchId, PublicId};

impl Execution {
    /// Closes every branch below `top` but `written`, whose end is written already; the deepest first.
    pub(super) fn close_descendants(
        &self,
        top: BranchId,
        written: Option<BranchId>,
        because: PublicId,
        draft: &mut Draft,
    ) {
        for id in self.descendants(top, written) {
            let Some(branch) = self.branches.get(&id) else { continue };
            self.abort_map_run(id, because, draft);
            abort_state(id, branch, because, draft);
            let Some(parent) = branch.parent else { continue };
            match self.map_of(parent.branch) {
                Some(state) => {
                    let index = parent.index as u64;
                    let kind = EventKind::MapIterationAborted { state, index, child: id };
                    draft.push(parent.branch, because, None, kind);
                }
                None => draft.internal(id, EventKind::BranchClosed { wait: None }),
            }
        }
    }

    fn descendants(&self, top: BranchId, except: Option<BranchId>) -> Vec<BranchId> {
        let mut found = Vec::new();
        let mut stack = vec![top];
        while let Some(id) = stack.pop() {
            if id != top {
                found.push(id);
            }
            let join = self.branches.get(&id).and_then(Branch::join);
            let children = join.into_iter().flat_map(|join| join.children.keys().copied());
            stack.extend(children.filter(|child| Some(*child) != except));
        }
        // Parents were found before their children, later children before earlier ones.
        found.reverse();
        found
    }

    /// Ends every open wait, before the event that ends the execution from outside.
    pub(super) fn close_waits(&self, draft: &mut Draft) {
        for (wait, branch) in &self.waits {
            let is_run = self.map_runs.contains_key(wait);
            // Of two waits of one task the first names both.
            if is_run || self.branches.get(branch).and_then(Branch::wait) == Some(*wait) {
                draft.internal(*branch, EventKind::BranchClosed { wait: Some(*wait) });
            }
        }
    }
}

/// Only states that take time: AWS has no such event for the others.
fn abort_state(id: BranchId, branch: &Branch, because: PublicId, draft: &mut Draft) {
    let Some(visit) = branch.visit() else { return };
    match visit.state_type {
        StateType::Task | StateType::Wait | StateType::Parallel | StateType::Map => {
            let kind = EventKind::StateAborted {
                state: visit.state.clone(),
                state_type: visit.state_type,
                wait: visit.wait(),
            };
            draft.push(id, because, None, kind);
        }
        StateType::Choice | StateType::Pass | StateType::Succeed | StateType::Fail => {}
    }
}
