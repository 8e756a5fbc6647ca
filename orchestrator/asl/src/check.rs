//! From a definition's text to a checked state machine, or to all of its faults.
//!
//! Readers build what they can and report what they cannot; nobody stops at the first fault. A reader returns
//! `None` only after a fault was reported, so that a definition without faults has every state.

mod expression;
mod field;
mod fields;
mod flow;
mod graph;
mod language;
mod scope;
mod source;
mod template;
mod variables;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Fault, Severity};
use crate::machine::{MachineType, QueryLanguage, State, StateId, StateMachine};
use crate::payload::{NESTING_MAX, PayloadError};

pub(crate) use expression::Sees;
pub(crate) use field::Field;
pub(crate) use fields::Fields;
pub(crate) use flow::{read_hidden_flow, read_inner_flow};
pub(crate) use language::read_of_state as read_language;
pub(crate) use scope::Within;
use source::Node;
pub(crate) use template::warn_of_static_result;
use variables::Surroundings;
pub(crate) use variables::{Assigner, Ledger};

/// `TimeoutSeconds` and the like: a little over three years.
pub(crate) const SECONDS_MAX: u64 = 99_999_999;

/// Told of one definition: nobody reads more, and a megabyte can hold a hundred thousand faults.
const DIAGNOSTICS_MAX: usize = 1_000;

/// Reads `text`: the machine, where there is no error, and every fault in document order, warnings included.
pub(crate) fn read(
    text: &str,
    machine_type: MachineType,
) -> (Option<StateMachine>, Vec<Diagnostic>) {
    let root = match Node::parse(text) {
        Ok(root) => root,
        Err(error) => return (None, vec![unreadable(text, error)]),
    };
    let check = Check::new(&root, machine_type);
    let machine = check.machine(&root);
    let mut faults = check.faults.into_inner();
    let refused = faults.iter().any(|(_, fault)| fault.severity() == Severity::Error);
    assert!(refused || machine.is_some(), "a definition without a fault makes a machine");
    faults.sort_by_key(|(place, _)| place.at);
    (machine.filter(|_| !refused), diagnostics(text, faults))
}

/// What the readers of one definition share.
pub(crate) struct Check {
    pub(crate) machine_type: MachineType,
    /// The machine's own, which every state has that names none.
    language: QueryLanguage,
    /// The number of each state, by the place of its value.
    ids: BTreeMap<usize, StateId>,
    states: RefCell<Vec<(StateId, State)>>,
    pub(crate) variables: Ledger,
    faults: RefCell<Vec<(Place, Fault)>>,
}

/// A place in the definition.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// As AWS prints it; empty for the definition itself.
    pub(crate) pointer: String,
    pub(crate) at: usize,
}

impl Check {
    fn new(root: &Node, machine_type: MachineType) -> Self {
        Self {
            machine_type,
            language: language::of_machine(root),
            ids: scope::number(root),
            states: RefCell::default(),
            variables: Ledger::default(),
            faults: RefCell::default(),
        }
    }

    pub(crate) fn report(&self, place: &Place, fault: Fault) {
        self.faults.borrow_mut().push((place.clone(), fault));
    }

    fn machine(&self, root: &Node) -> Option<StateMachine> {
        let place = Place { pointer: String::new(), at: root.at };
        let Some(members) = root.object() else {
            self.report(&place, Fault::NotAnObject);
            return None;
        };
        let mut fields = Fields::open(self, self.language, members, place);
        fields.allowed("Version", &["1.0"]);
        language::read(&mut fields);
        let comment = fields.text("Comment");
        let timeout_seconds = fields.integer("TimeoutSeconds", 1..=SECONDS_MAX);
        scope::report_repeated_names(self, root);
        let root = flow::read_flow(&mut fields, Surroundings::Seen);
        fields.close();
        self.variables.report(self);
        let states = self.take_states()?;
        let by_name = names(&states);
        Some(StateMachine {
            comment,
            query_language: self.language,
            timeout_seconds,
            root: root?,
            states,
            by_name,
        })
    }

    /// Every state at the index that its number says; `None` unless each of them could be built.
    fn take_states(&self) -> Option<Vec<State>> {
        let mut states = self.states.take();
        states.sort_by_key(|(id, _)| *id);
        (states.len() == self.ids.len())
            .then(|| states.into_iter().map(|(_, state)| state).collect())
    }
}

fn names(states: &[State]) -> BTreeMap<Arc<str>, StateId> {
    let named = |(index, state): (usize, &State)| (Arc::clone(&state.name), StateId::at(index));
    states.iter().enumerate().map(named).collect()
}

/// The first of them; where there are too many, errors come before warnings.
fn diagnostics(text: &str, mut faults: Vec<(Place, Fault)>) -> Vec<Diagnostic> {
    if faults.len() > DIAGNOSTICS_MAX {
        faults.sort_by_key(|(_, fault)| fault.severity());
        faults.truncate(DIAGNOSTICS_MAX);
        faults.sort_by_key(|(place, _)| place.at);
    }
    faults.iter().map(|(place, fault)| diagnostic(text, place, fault)).collect()
}

fn diagnostic(text: &str, place: &Place, fault: &Fault) -> Diagnostic {
    let (line, column) = source::line_and_column(text, place.at);
    let pointer = if place.pointer.is_empty() { "/".to_owned() } else { place.pointer.clone() };
    Diagnostic {
        code: fault.code(),
        kind: fault.kind(),
        severity: fault.severity(),
        message: fault.to_string(),
        pointer,
        line,
        column,
        advice: fault.advice(),
    }
}

fn unreadable(text: &str, error: PayloadError) -> Diagnostic {
    let (fault, line, column) = match error {
        PayloadError::Syntax { .. } if text.trim().is_empty() => (Fault::NotAnObject, 1, 1),
        // What is missing at a line's very end stands, for `serde_json`, in column 0 of the next.
        PayloadError::Syntax { line, column, reason } => {
            (Fault::NotJson { reason }, line, column.max(1))
        }
        PayloadError::TooDeep { line, column } => {
            (Fault::TooDeep { levels: NESTING_MAX }, line, column)
        }
    };
    let root = Place { pointer: String::new(), at: 0 };
    Diagnostic { line, column, ..diagnostic(text, &root, &fault) }
}
