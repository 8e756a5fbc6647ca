//! Who assigns which variable and who reads it, as the readers of a definition tell; and which of that cannot be meant.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, Place};
use crate::diagnostic::Fault;
use crate::machine::StateId;

/// By what a variable is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assigner {
    /// A state, or one of its choice rules.
    State,
    Catcher,
}

/// What a flow can see of the variables around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surroundings {
    Seen,
    /// The children of a Distributed Map are executions of their own.
    Hidden,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger(RefCell<Entries>);

#[derive(Debug, Default)]
struct Entries {
    flows: Vec<Flow>,
    /// The flows that are being read, the innermost last.
    here: Vec<Here>,
    assigned: Vec<Assigned>,
    read: BTreeMap<StateId, Vec<Read>>,
}

/// The scope of a flow's states.
#[derive(Debug, Default)]
struct Flow {
    around: Option<usize>,
    names: BTreeSet<Arc<str>>,
    /// Without those of catchers alone.
    names_of_states: BTreeSet<Arc<str>>,
}

#[derive(Debug)]
struct Here {
    flow: usize,
    state: Option<StateId>,
}

#[derive(Debug)]
struct Assigned {
    flow: usize,
    place: Place,
    name: Arc<str>,
}

#[derive(Debug)]
struct Read {
    flow: usize,
    place: Place,
    name: Arc<str>,
}

impl Ledger {
    pub(super) fn begin_flow(&self, surroundings: Surroundings) {
        let entries = &mut *self.0.borrow_mut();
        let outer = entries.here.last().map(|here| here.flow);
        let around = outer.filter(|_| surroundings == Surroundings::Seen);
        entries.here.push(Here { flow: entries.flows.len(), state: None });
        entries.flows.push(Flow { around, ..Flow::default() });
    }

    pub(super) fn end_flow(&self) {
        self.0.borrow_mut().here.pop();
    }

    pub(super) fn begin_state(&self, state: StateId) {
        if let Some(here) = self.0.borrow_mut().here.last_mut() {
            here.state = Some(state);
        }
    }

    pub(crate) fn assigns(&self, place: &Place, name: Arc<str>, assigner: Assigner) {
        let entries = &mut *self.0.borrow_mut();
        let Some(flow) = entries.here.last().map(|here| here.flow) else { return };
        entries.flows[flow].names.insert(name.clone());
        if assigner == Assigner::State {
            entries.flows[flow].names_of_states.insert(name.clone());
        }
        entries.assigned.push(Assigned { flow, place: place.clone(), name });
    }

    pub(crate) fn reads(&self, place: &Place, name: &Arc<str>) {
        let entries = &mut *self.0.borrow_mut();
        let Some(&Here { flow, state: Some(state) }) = entries.here.last() else { return };
        let read = Read { flow, place: place.clone(), name: name.clone() };
        entries.read.entry(state).or_default().push(read);
    }

    /// What the state reads, each name once, in document order.
    pub(super) fn read_by(&self, state: StateId) -> Vec<Arc<str>> {
        let entries = self.0.borrow();
        let mut reads: Vec<&Read> = entries.read.get(&state).into_iter().flatten().collect();
        reads.sort_by_key(|read| read.place.at);
        let mut seen = BTreeSet::new();
        let names = reads.into_iter().map(|read| &read.name);
        names.filter(|name| seen.insert(*name)).cloned().collect()
    }

    /// Told once the whole definition was read: a name may be assigned after the state that reads it.
    pub(super) fn report(&self, check: &Check) {
        let entries = self.0.borrow();
        let shadowing = entries.assigned.iter().filter(|it| entries.shadows(it.flow, &it.name));
        for it in shadowing {
            check.report(&it.place, Fault::VariableShadows { name: it.name.to_string() });
        }
        for reads in entries.read.values() {
            let mut told = BTreeSet::new();
            let unassigned = reads.iter().filter(|it| !entries.sees(it.flow, &it.name));
            for it in unassigned.filter(|it| told.insert(&it.name)) {
                check.report(&it.place, Fault::VariableUnassigned { name: it.name.to_string() });
            }
        }
    }
}

impl Entries {
    /// Whether a state around the flow assigns the name, too.
    fn shadows(&self, flow: usize, name: &str) -> bool {
        // Seen on AWS: a Parallel's catcher may assign a name that a state inside assigns, too.
        self.around(flow).skip(1).any(|flow| flow.names_of_states.contains(name))
    }

    fn sees(&self, flow: usize, name: &str) -> bool {
        self.around(flow).any(|flow| flow.names.contains(name))
    }

    /// The flow and those around it, as far as they are seen.
    fn around(&self, flow: usize) -> impl Iterator<Item = &Flow> {
        std::iter::successors(Some(&self.flows[flow]), |flow| Some(&self.flows[flow.around?]))
    }
}
