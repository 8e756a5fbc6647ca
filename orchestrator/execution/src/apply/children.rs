//! Folds the events of a Parallel's branches and a Map's iterations.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asl::{Payload, Variables};

use super::At;
use crate::branch::{Branch, Doing, Item, Join, JoinKind, MapJoin, Parent, Phase};
use crate::execution::Execution;
use crate::id::{BranchId, PublicId, Seq};

impl Execution {
    pub(super) fn begin_parallel(&mut self, at: At<'_>, first: BranchId, starts: &[Arc<str>]) {
        self.advance(at);
        let variables = self.inner_variables(at.event.branch);
        let mut children = BTreeMap::new();
        for (id, (index, start)) in (first.0..).map(BranchId).zip(starts.iter().enumerate()) {
            let parent = Parent { branch: at.event.branch, index };
            let mut child = Branch::new(Some(parent), at.id, start.clone(), at.payload());
            child.variables = variables.clone();
            self.add_branch(id, child, at.seq);
            children.insert(id, index);
        }
        let results = vec![None; starts.len()];
        let join =
            Join { started_id: at.id, children, results, finished: 0, kind: JoinKind::Parallel };
        self.begin_join(at, join);
    }

    pub(super) fn begin_map(
        &mut self,
        at: At<'_>,
        start: &Arc<str>,
        length: u64,
        (max_concurrency, tolerated_failures): (u64, u64),
    ) {
        self.advance(at);
        let map = MapJoin {
            start: start.clone(),
            items: at.payload(),
            begun: 0,
            cut: BTreeMap::new(),
            max_concurrency: usize::try_from(max_concurrency).unwrap_or(usize::MAX),
            tolerated_failures,
            failures: 0,
            freed: VecDeque::new(),
        };
        let length = usize::try_from(length).expect("as many as the items of an array in memory");
        let join = Join {
            started_id: at.id,
            children: BTreeMap::new(),
            results: vec![None; length],
            finished: 0,
            kind: JoinKind::Map(map),
        };
        self.begin_join(at, join);
    }

    /// What a child of this branch sees: the branch's variables, and none of its own yet.
    fn inner_variables(&self, branch: BranchId) -> Variables {
        self.branches.get(&branch).map(|branch| branch.variables.inner()).unwrap_or_default()
    }

    fn begin_join(&mut self, at: At<'_>, join: Join) {
        if let Some(visit) = self.visit_mut(at.event.branch) {
            visit.doing = Doing::Join(join);
        }
    }

    pub(super) fn begin_iteration(&mut self, at: At<'_>, index: u64, id: BranchId) {
        let parent_id = at.event.branch;
        let variables = self.inner_variables(parent_id);
        let Some(join) = self.join_mut(parent_id) else { return };
        let JoinKind::Map(map) = &mut join.kind else { return };
        let position = map.begun;
        map.begun += 1;
        if map.max_concurrency != 0 && position >= map.max_concurrency {
            map.freed.pop_front();
        }
        let item = Item { items: map.items.clone(), index };
        let start = map.start.clone();
        join.children.insert(id, position);
        let parent = Parent { branch: parent_id, index: position };
        let mut child = Branch::new(Some(parent), at.id, start, at.payload());
        child.item = Some(item);
        child.variables = variables;
        self.add_branch(id, child, at.seq);
    }

    pub(super) fn end_iteration(&mut self, at: At<'_>, child: BranchId) {
        let Some(branch) = self.remove_branch(child) else { return };
        let Phase::Ended { output } = branch.phase else { return };
        let Some(place) = branch.parent else { return };
        self.free_place(at.event.branch, branch.last);
        // Seen on AWS: the Map's own events follow the last MapIterationSucceeded.
        self.finish_child(place, at.id, Some(output));
    }

    /// A failure within what the Map tolerates leaves its error output in the item's place; beyond that, the Map fails with the next events.
    pub(super) fn fail_iteration(&mut self, at: At<'_>, child: BranchId) {
        let place = self.branches.get(&child).and_then(|branch| branch.parent);
        self.cut_branch(child);
        if let Some(join) = self.join_mut(at.event.branch)
            && let JoinKind::Map(map) = &mut join.kind
        {
            map.failures += 1;
        }
        let Some(place) = place else { return };
        self.free_place(at.event.branch, at.event.previous);
        self.finish_child(place, at.id, at.event.payload.clone());
    }

    /// A branch came to its end: of a Parallel it is joined at once; a Map's iteration waits for its own event, the root for the execution's.
    pub(super) fn end_of_branch(&mut self, id: BranchId, seq: Seq) {
        let Some(parent) = self.branches.get(&id).and_then(|branch| branch.parent) else { return };
        match self.branches.get(&parent.branch).and_then(Branch::join).map(|join| &join.kind) {
            Some(JoinKind::Map(_)) | None => {}
            Some(JoinKind::Parallel) => {
                let Some(branch) = self.remove_branch(id) else { return };
                let Phase::Ended { output } = branch.phase else { return };
                self.finish_child(parent, branch.last, Some(output));
                self.settle(parent.branch, seq);
            }
        }
    }

    fn finish_child(&mut self, place: Parent, last: PublicId, output: Option<Payload>) {
        let Some(parent) = self.branches.get_mut(&place.branch) else { return };
        parent.last = last;
        let Some(join) = parent.join_mut() else { return };
        let Some(result) = join.results.get_mut(place.index) else { return };
        *result = output;
        join.finished += 1;
    }

    /// An iteration made room for another, which will point at its last state event.
    fn free_place(&mut self, map: BranchId, last: PublicId) {
        if let Some(join) = self.join_mut(map)
            && let JoinKind::Map(map) = &mut join.kind
            && map.max_concurrency != 0
        {
            map.freed.push_back(last);
        }
    }

    fn add_branch(&mut self, id: BranchId, branch: Branch, seq: Seq) {
        self.branches_made = self.branches_made.max(id.0 + 1);
        self.branches.insert(id, branch);
        self.settle(id, seq);
    }

    pub(super) fn join_mut(&mut self, branch: BranchId) -> Option<&mut Join> {
        self.branches.get_mut(&branch).and_then(Branch::join_mut)
    }
}
