//! The states that one flow names: transitions stay within it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::source::{Json, Member, Node, member};
use super::{Check, Field, Place};
use crate::diagnostic::{Fault, nearest};
use crate::machine::StateId;

/// Names that a misspelt one is held against: each costs time, and each misspelt name pays it.
const NEAREST_AMONG_MAX: usize = 200;

/// A flow's states by name, and what its states' readers learn about ways between them.
pub(crate) struct Scope<'a> {
    names: BTreeMap<&'a str, StateId>,
    edges: RefCell<BTreeSet<(StateId, StateId)>>,
    ends: Cell<bool>,
    /// The ways out of some state are not known.
    obscure: Cell<bool>,
}

/// The state that is being read, in its flow.
#[derive(Clone, Copy)]
pub(crate) struct Within<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) state: StateId,
}

impl<'a> Scope<'a> {
    /// Of states with the same name the first one counts.
    pub(super) fn new(check: &Check, states: &'a [Member]) -> Self {
        let mut names = BTreeMap::new();
        for state in states {
            names.entry(state.name.as_str()).or_insert(check.ids[&state.value.at]);
        }
        Self { names, edges: RefCell::default(), ends: Cell::default(), obscure: Cell::default() }
    }

    pub(super) fn find(&self, target: &Field<'_>) -> Option<StateId> {
        let name = target.text()?;
        let found = self.names.get(name).copied();
        if found.is_none() {
            let nearest = self.nearest(name).map(str::to_owned);
            target.report(Fault::TargetNotFound { target: name.to_owned(), nearest });
        }
        found
    }

    fn nearest(&self, name: &str) -> Option<&'a str> {
        let names = self.names.keys().copied();
        if self.names.len() > NEAREST_AMONG_MAX { None } else { nearest(name, names) }
    }

    /// Where one can go from `state`.
    pub(super) fn targets(&self, state: StateId) -> BTreeSet<StateId> {
        let from = (state, StateId::at(0))..=(state, StateId::LAST);
        self.edges.borrow().range(from).map(|(_, to)| *to).collect()
    }

    /// Every state that another one leads to.
    pub(super) fn targeted(&self) -> BTreeSet<StateId> {
        self.edges.borrow().iter().filter(|(from, to)| from != to).map(|(_, to)| *to).collect()
    }

    /// Whether `name` means this state: another of the same name is a fault of its own.
    pub(super) fn means(&self, name: &str, id: StateId) -> bool {
        self.names.get(name) == Some(&id)
    }

    pub(super) fn is_obscure(&self) -> bool {
        self.obscure.get()
    }

    pub(super) fn has_end(&self) -> bool {
        self.ends.get()
    }
}

impl Within<'_> {
    /// The state that `target` names in this flow.
    pub(crate) fn target(&self, target: &Field<'_>) -> Option<StateId> {
        let id = self.scope.find(target)?;
        self.scope.edges.borrow_mut().insert((self.state, id));
        Some(id)
    }

    /// The variables that the state reads, once it was read.
    pub(crate) fn variables_read(&self, check: &Check) -> Vec<Arc<str>> {
        check.variables.read_by(self.state)
    }

    /// The flow can end in this state.
    pub(crate) fn ends(&self) {
        self.scope.ends.set(true);
    }

    /// Where one can go from this state is not known.
    pub(crate) fn obscure(&self) {
        self.scope.obscure.set(true);
    }
}

/// Numbers every state of the definition in document order, a state before those inside it.
pub(super) fn number(root: &Node) -> BTreeMap<usize, StateId> {
    let mut ids = BTreeMap::new();
    visit_states(root, "", &mut |state, _| {
        let id = StateId::at(ids.len());
        ids.insert(state.value.at, id);
    });
    ids
}

/// Names are unique across the whole machine, not only in their flow.
pub(super) fn report_repeated_names(check: &Check, root: &Node) {
    let mut first: BTreeMap<&str, String> = BTreeMap::new();
    visit_states(root, "", &mut |state, pointer| {
        if let Some(first) = first.get(state.name.as_str()) {
            let place = Place { pointer, at: state.at };
            let fault = Fault::DuplicateState { name: state.name.clone(), first: first.clone() };
            check.report(&place, fault);
        } else {
            first.insert(&state.name, pointer);
        }
    });
}

/// Calls `visit` for each state of a flow and of the flows inside, with the state's pointer.
fn visit_states<'a>(flow: &'a Node, pointer: &str, visit: &mut impl FnMut(&'a Member, String)) {
    let states = flow.object().and_then(|members| member(members, "States"));
    for state in states.and_then(|states| states.value.object()).unwrap_or_default() {
        let pointer = format!("{pointer}/States/{}", state.name);
        visit(state, pointer.clone());
        let Some(fields) = state.value.object() else { continue };
        for field in fields {
            visit_inner(field, &pointer, visit);
        }
    }
}

fn visit_inner<'a>(field: &'a Member, pointer: &str, visit: &mut impl FnMut(&'a Member, String)) {
    let pointer = format!("{pointer}/{}", field.name);
    match (field.name.as_str(), &field.value.json) {
        ("ItemProcessor" | "Iterator", _) => visit_states(&field.value, &pointer, visit),
        ("Branches", Json::Array(branches)) => {
            for (index, branch) in branches.iter().enumerate() {
                visit_states(branch, &format!("{pointer}[{index}]"), visit);
            }
        }
        _ => {}
    }
}
