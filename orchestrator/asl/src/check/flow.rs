//! A flow: `StartAt` and `States`, at the root, in a branch, or in a Map's processor.

use super::scope::{Scope, Within};
use super::source::Member;
use super::variables::Surroundings;
use super::{Check, Fields, Place, graph};
use crate::diagnostic::Fault;
use crate::machine::{Flow, State, StateId};

/// Characters of a state's name.
const STATE_NAME_MAX: usize = 80;

/// The flow of a branch or of a Map's processor.
pub(crate) fn read_inner_flow(fields: &mut Fields<'_>) -> Option<Flow> {
    fields.text("Comment");
    read_flow(fields, Surroundings::Seen)
}

/// The flow of a Distributed Map's processor: it sees no variable from outside.
pub(crate) fn read_hidden_flow(fields: &mut Fields<'_>) -> Option<Flow> {
    fields.text("Comment");
    read_flow(fields, Surroundings::Hidden)
}

pub(super) fn read_flow(fields: &mut Fields<'_>, surroundings: Surroundings) -> Option<Flow> {
    fields.require(&["States", "StartAt"]);
    let start_at = fields.get("StartAt");
    let Some(states) = fields.get("States") else {
        // Its own fault is told although nothing can be looked up.
        start_at.and_then(|field| field.text());
        return None;
    };
    let check = fields.check;
    let Some(members) = states.node.object() else {
        states.report(Fault::WrongType { expected: "Object" });
        return None;
    };
    if members.is_empty() {
        states.report(Fault::Empty);
        return None;
    }
    let scope = Scope::new(check, members);
    check.variables.begin_flow(surroundings);
    let ids = read_states(check, members, &states.place, &scope);
    check.variables.end_flow();
    let start = start_at.as_ref().and_then(|field| scope.find(field));
    graph::check_flow(check, &fields.place, members, &scope, start);
    Some(Flow { start_at: start?, states: ids })
}

fn read_states(
    check: &Check,
    members: &[Member],
    states: &Place,
    scope: &Scope<'_>,
) -> Vec<StateId> {
    let mut ids = Vec::with_capacity(members.len());
    for member in members {
        let id = check.ids[&member.value.at];
        let place = Place { pointer: format!("{}/{}", states.pointer, member.name), at: member.at };
        check_name(check, &member.name, &place);
        let within = Within { scope, state: id };
        check.variables.begin_state(id);
        if let Some(state) = read_state(check, member, place, within) {
            check.states.borrow_mut().push((id, state));
        }
        ids.push(id);
    }
    ids
}

fn read_state<'a>(
    check: &'a Check,
    member: &'a Member,
    place: Place,
    within: Within<'a>,
) -> Option<State> {
    let Some(members) = member.value.object() else {
        check.report(&place, Fault::WrongType { expected: "Object" });
        within.obscure();
        return None;
    };
    let state_pointer = place.pointer.len() + 1;
    let fields = Fields::open(check, check.language, members, place);
    let mut fields = fields.of_state(state_pointer);
    let state = State::read(&member.name, &mut fields, within);
    fields.close();
    state
}

fn check_name(check: &Check, name: &str, place: &Place) {
    if name.is_empty() {
        check.report(place, Fault::StateNameEmpty);
    }
    if name.chars().count() > STATE_NAME_MAX {
        let fault = Fault::StateNameTooLong { name: name.to_owned(), maximum: STATE_NAME_MAX };
        check.report(place, fault);
    }
}
