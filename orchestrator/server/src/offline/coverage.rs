//! What no case reached: states, ways out of a Choice, retriers, catchers.

use std::collections::BTreeSet;

use asl::retry::{Catcher, Occurred, Origin, Retrier, matches};
use asl::{State, StateKind, StateMachine};
use execution::event::{Event, EventKind};

/// Something of a definition that a case can reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    State(String),
    /// A Choice and where it leads.
    Choice(String, String),
    /// A state and the number of its retrier, from 0.
    Retrier(String, usize),
    Catcher(String, usize),
}

#[derive(Debug)]
pub(crate) struct Coverage {
    /// In document order.
    all: Vec<Part>,
    reached: BTreeSet<Part>,
}

impl Part {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::State(_) => "state",
            Self::Choice(..) => "choice",
            Self::Retrier(..) => "retrier",
            Self::Catcher(..) => "catcher",
        }
    }

    /// As AWS writes a place, so that an editor finds it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::State(state) => state.clone(),
            Self::Choice(state, next) => format!("{state} -> {next}"),
            Self::Retrier(state, index) => format!("{state}/Retry[{index}]"),
            Self::Catcher(state, index) => format!("{state}/Catch[{index}]"),
        }
    }
}

impl Coverage {
    pub(crate) fn of(machine: &StateMachine) -> Self {
        let all = machine.states().flat_map(|(_, state)| parts(machine, state)).collect();
        Self { all, reached: BTreeSet::new() }
    }

    /// Adds what the events of one case reached.
    pub(crate) fn add(&mut self, machine: &StateMachine, events: &[Event]) {
        let mut failed: Option<&str> = None;
        for event in events {
            if let EventKind::StateEntered { state, .. } = &event.kind {
                failed = None;
                self.reached.insert(Part::State(state.to_string()));
            } else if let EventKind::TaskFailed { failure, .. }
            | EventKind::TaskTimedOut { failure, .. } = &event.kind
            {
                failed = failure.error.as_deref();
            } else if let EventKind::RetryScheduled { state, retrier, .. } = &event.kind {
                let index = usize::try_from(*retrier).unwrap_or(usize::MAX);
                self.reached.insert(Part::Retrier(state.to_string(), index));
            } else if let EventKind::StateExited { state, next: Some(next), .. } = &event.kind {
                self.exit(machine, (state, next), failed);
            }
        }
    }

    fn exit(&mut self, machine: &StateMachine, (state, next): (&str, &str), failed: Option<&str>) {
        let Some(definition) = machine.state_named(state).map(|id| machine.state(id)) else {
            return;
        };
        if let StateKind::Choice(_) = definition.kind {
            self.reached.insert(Part::Choice(state.to_owned(), next.to_owned()));
            return;
        }
        let (_, catchers) = handlers(definition);
        let leads = |catcher: &Catcher| &*machine.state(catcher.next).name == next;
        let caught = |catcher: &Catcher| {
            failed.is_none_or(|error| {
                matches(&catcher.error_equals, Occurred { error, origin: Origin::Elsewhere })
            })
        };
        // An exit without a failure before it is a catcher's only where the state itself does not lead there.
        let by_itself = failed.is_none() && follows(machine, definition) == Some(next);
        let index = catchers.iter().position(|it| leads(it) && caught(it));
        if let Some(index) = index.filter(|_| !by_itself) {
            self.reached.insert(Part::Catcher(state.to_owned(), index));
        }
    }

    pub(crate) fn not_reached(&self) -> impl Iterator<Item = &Part> {
        self.all.iter().filter(|part| !self.reached.contains(part))
    }

    /// How many of a kind were reached, and how many there are.
    pub(crate) fn count(&self, kind: &str) -> (usize, usize) {
        let all = self.all.iter().filter(|part| part.kind() == kind);
        let (mut reached, mut total) = (0, 0);
        for part in all {
            total += 1;
            reached += usize::from(self.reached.contains(part));
        }
        (reached, total)
    }
}

fn parts(machine: &StateMachine, state: &State) -> Vec<Part> {
    let name = state.name.to_string();
    let mut parts = vec![Part::State(name.clone())];
    if let StateKind::Choice(choice) = &state.kind {
        let nexts = choice.rules.iter().map(|rule| rule.next).chain(choice.default);
        for next in nexts {
            let part = Part::Choice(name.clone(), machine.state(next).name.to_string());
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    let (retriers, catchers) = handlers(state);
    parts.extend((0..retriers.len()).map(|index| Part::Retrier(name.clone(), index)));
    parts.extend((0..catchers.len()).map(|index| Part::Catcher(name.clone(), index)));
    parts
}

fn handlers(state: &State) -> (&[Retrier], &[Catcher]) {
    match &state.kind {
        StateKind::Task(task) => (&task.retry, &task.catch),
        StateKind::Parallel(parallel) => (&parallel.retry, &parallel.catch),
        StateKind::Map(map) => (&map.retry, &map.catch),
        StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Pass(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => (&[], &[]),
    }
}

/// Where a state leads that succeeds.
fn follows<'a>(machine: &'a StateMachine, state: &State) -> Option<&'a str> {
    let transition = match &state.kind {
        StateKind::Task(task) => task.transition,
        StateKind::Parallel(parallel) => parallel.transition,
        StateKind::Map(map) => map.transition,
        StateKind::Wait(wait) => wait.transition,
        StateKind::Pass(pass) => pass.transition,
        StateKind::Choice(_) | StateKind::Succeed(_) | StateKind::Fail(_) => return None,
    };
    match transition {
        asl::Transition::Next(next) => Some(&machine.state(next).name),
        asl::Transition::End => None,
    }
}
