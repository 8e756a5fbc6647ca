//! Keeps what a failure, a stop or a timeout cuts short, and lets it begin again where a redrive opens the execution.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::At;
use crate::branch::{Branch, Doing, Join, JoinKind, Phase, Visit};
use crate::event::{ExecutionRedriven, StateType};
use crate::execution::{Execution, Status};
use crate::id::BranchId;
use crate::redrive::Redriven;

impl Execution {
    pub(super) fn reopen(&mut self, at: At<'_>, redriven: &ExecutionRedriven) {
        self.status = Status::Running;
        // Whoever redrives it is an operator who lets it go on.
        self.quarantine = None;
        let redrive = Redriven { count: redriven.count, at: at.time };
        self.redrives.add(redrive, redriven.client_token.as_deref());
        let Some(facts) = self.facts.as_deref_mut() else { return };
        facts.deadline = redriven.deadline;
        let context = Arc::make_mut(&mut facts.context);
        context.redrive_count = u32::try_from(redriven.count).unwrap_or(u32::MAX);
        context.redriven_at = Some(at.time);
        if redriven.afresh {
            let root = Branch::new(None, at.id, facts.start_at.clone(), context.input.clone());
            self.remains = BTreeMap::from([(BranchId(0), root)]);
        }
        self.resume(BranchId(0), at);
    }

    pub(super) fn resume_iteration(&mut self, at: At<'_>, index: u64, child: BranchId) {
        let Some(map) = self.branches.get_mut(&at.event.branch) else { return };
        if let Some(Join { kind: JoinKind::Map(map), .. }) = map.join_mut() {
            map.cut.retain(|item, _| *item as u64 != index);
            map.freed.pop_front();
        }
        self.resume(child, at);
    }

    /// A state that failed of its own, when all that it began had succeeded, begins with all of that again: as on AWS.
    pub(super) fn fail_join(&mut self, at: At<'_>) {
        self.advance(at);
        let Some(visit) = self.visit_mut(at.event.branch) else { return };
        if visit.join().is_some_and(Join::has_every_result) {
            visit.doing = Doing::Aborted(Box::new(Doing::Run));
            self.forget_remains(at.event.branch);
        }
    }

    /// Closes a branch before its end.
    pub(super) fn cut_branch(&mut self, id: BranchId) {
        if let Some(mut branch) = self.remove_branch(id) {
            branch.ready_since = None;
            self.remains.insert(id, branch);
        }
    }

    /// The branch's state is left, or begins anew: what was cut short within it is over for good.
    pub(super) fn forget_remains(&mut self, top: BranchId) {
        if self.remains.is_empty() {
            return;
        }
        let mut gone = BTreeSet::from([top]);
        // Children have higher numbers than their parents.
        self.remains.retain(|id, branch| {
            let is_below = branch.parent.is_some_and(|parent| gone.contains(&parent.branch));
            if is_below {
                gone.insert(*id);
            }
            !is_below
        });
    }

    /// Opens a branch that was cut short, and with a Parallel all of its branches; a Map takes its iterations up itself, as its
    /// `MaxConcurrency` allows.
    fn resume(&mut self, id: BranchId, at: At<'_>) {
        let mut left = vec![id];
        while let Some(id) = left.pop() {
            let Some(mut branch) = self.remains.remove(&id) else { continue };
            if let Some(again) = branch.phase.entered_again() {
                branch.phase = again;
            } else if let Phase::In(visit) = &mut branch.phase {
                visit.begin_again(at, || self.cut_below(id));
                let is_parallel = visit.join().is_some_and(|join| join.kind == JoinKind::Parallel);
                left.extend(visit.join().filter(|_| is_parallel).into_iter().flat_map(Join::open));
            }
            self.variable_bytes += branch.variables.own_bytes();
            if let Some(parent) = branch.parent
                && let Some(join) = self.join_mut(parent.branch)
            {
                join.children.insert(id, parent.index);
            }
            self.branches.insert(id, branch);
            self.settle(id, at.seq);
        }
    }

    /// By their place in the Parallel or the Map.
    fn cut_below(&self, id: BranchId) -> BTreeMap<usize, BranchId> {
        let below = self.remains.iter().filter_map(|(child, branch)| {
            let parent = branch.parent.filter(|parent| parent.branch == id)?;
            Some((parent.index, *child))
        });
        below.collect()
    }
}

impl Phase {
    /// As on AWS, a Fail state is entered again; any other goes on in its visit.
    fn entered_again(&self) -> Option<Self> {
        let Self::In(visit) = self else { return None };
        let (state, input) = (visit.state.clone(), visit.input.clone());
        (visit.state_type == StateType::Fail).then_some(Self::Enter { state, input })
    }
}

impl Visit {
    /// Remembers what it was doing.
    pub(super) fn abort(&mut self) {
        if matches!(self.doing, Doing::Aborted(_)) {
            return;
        }
        let doing = std::mem::replace(&mut self.doing, Doing::Run);
        self.doing = Doing::Aborted(Box::new(doing));
    }

    /// Retries count from zero again.
    fn begin_again(&mut self, at: At<'_>, cut: impl FnOnce() -> BTreeMap<usize, BranchId>) {
        self.retries.clear();
        self.token = None;
        self.begun_at = at.time;
        let mut doing = std::mem::replace(&mut self.doing, Doing::Run);
        if let Doing::Aborted(before) = doing {
            doing = *before;
        }
        self.doing = match doing {
            Doing::Join(join) => Doing::Join(join.begin_again(cut())),
            Doing::MapRun(mut work) => {
                work.stop();
                Doing::MapRun(work)
            }
            Doing::Run
            | Doing::Task(_)
            | Doing::Retry { .. }
            | Doing::Timer { .. }
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Items(_)
            | Doing::Aborted(_) => Doing::Run,
        };
    }
}

impl Join {
    fn has_every_result(&self) -> bool {
        self.results.iter().all(Option::is_some)
    }

    fn open(&self) -> Vec<BranchId> {
        self.children.keys().copied().collect()
    }

    /// What has succeeded stays; what was cut short, or failed and was tolerated, is open again.
    fn begin_again(mut self, cut: BTreeMap<usize, BranchId>) -> Self {
        for index in cut.keys() {
            if let Some(result) = self.results.get_mut(*index) {
                *result = None;
            }
        }
        self.finished = self.results.iter().flatten().count();
        self.children.clear();
        match &mut self.kind {
            JoinKind::Parallel => {
                self.children = cut.into_iter().map(|(index, child)| (child, index)).collect();
            }
            JoinKind::Map(map) => {
                map.failures = 0;
                map.freed.clear();
                map.cut = cut;
            }
        }
        self
    }
}
