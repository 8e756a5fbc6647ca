//! The path that an execution has taken, read from its history.

use std::collections::{BTreeMap, BTreeSet};

use everstep_proto::v1::HistoryEvent;
use everstep_proto::v1::history_event::Details;

/// How a state stands in an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    Passed,
    /// Entered, and not left: the execution is there, or was there when it was stopped.
    Open,
    /// It failed, whether or not the error was caught.
    Failed,
}

#[derive(Debug, Default)]
pub(crate) struct Taken {
    states: BTreeMap<String, Visits>,
    ways: BTreeSet<Way>,
    ended_after: BTreeSet<String>,
}

/// What happened in a state, over all visits.
#[derive(Debug, Clone, Default)]
struct Visits {
    entered: u64,
    exited: u64,
    attempts: u64,
    /// The last error.
    failed: Option<String>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    from: String,
    to: String,
    caught: bool,
}

impl Taken {
    /// `events` are all events of the execution, in order.
    pub(crate) fn read(events: &[HistoryEvent]) -> Self {
        let mut reader = Reader::default();
        for event in events {
            reader.event(event);
        }
        reader.taken
    }

    /// After a redrive what has not been left has not failed, and its attempts count anew.
    fn open_again(&mut self) {
        for visits in self.states.values_mut().filter(|visits| visits.entered > visits.exited) {
            visits.failed = None;
            visits.attempts = visits.attempts.min(visits.entered - 1);
        }
    }

    pub(super) fn entered(&self, state: &str) -> bool {
        self.states.contains_key(state)
    }

    pub(super) fn went(&self, from: &str, to: &str, caught: bool) -> bool {
        self.ways.contains(&Way { from: from.to_owned(), to: to.to_owned(), caught })
    }

    pub(super) fn ended_after(&self, state: &str) -> bool {
        self.ended_after.contains(state)
    }

    pub(super) fn mark(&self, state: &str) -> Option<Mark> {
        let visits = self.states.get(state)?;
        Some(match visits {
            Visits { failed: Some(_), .. } => Mark::Failed,
            Visits { entered, exited, .. } if entered > exited => Mark::Open,
            Visits { .. } => Mark::Passed,
        })
    }

    /// What the drawing says of a state beyond its colour.
    pub(super) fn note(&self, state: &str) -> Option<String> {
        let visits = self.states.get(state)?;
        let mut notes = Vec::new();
        if visits.entered > 1 {
            notes.push(format!("entered {}×", visits.entered));
        }
        match visits.attempts.saturating_sub(visits.entered) {
            0 => {}
            1 => notes.push("1 retry".to_owned()),
            retries => notes.push(format!("{retries} retries")),
        }
        if let Some(error) = &visits.failed {
            let colon = if error.is_empty() { "" } else { ": " };
            notes.push(format!("failed{colon}{error}"));
        }
        (!notes.is_empty()).then(|| notes.join(", "))
    }
}

#[derive(Debug, Default)]
struct Reader {
    taken: Taken,
    /// By event: what later events that go back to it must know.
    places: BTreeMap<u64, Place>,
}

#[derive(Debug, Clone, Default)]
struct Place {
    state: String,
    /// The error that this event ended the state's work with, if it did.
    failed: Option<String>,
    exited: bool,
}

impl Reader {
    fn event(&mut self, event: &HistoryEvent) {
        if let Some(Details::ExecutionRedriven(_)) = &event.details {
            self.taken.open_again();
        }
        let before = self.places.get(&event.previous_event_id).cloned().unwrap_or_default();
        let place = match &event.details {
            Some(Details::StateEntered(details)) => self.enter(&before, event, &details.name),
            Some(Details::StateExited(details)) => self.exit(&before, &details.name),
            Some(Details::Failure(details)) => self.fail(&before, event, details.error.as_deref()),
            // It goes back past the state's entry: it names its state itself.
            Some(Details::EvaluationFailed(details)) => {
                let here = Place { state: details.state.clone(), ..Place::default() };
                self.fail(&here, event, details.error.as_deref())
            }
            Some(Details::TaskFailure(details)) => {
                self.fail(&before, event, details.error.as_deref())
            }
            _ => Place {
                state: before.state.clone(),
                failed: failed_without_details(event),
                exited: false,
            },
        };
        if begins_attempt(event) {
            self.visits(&place.state).attempts += 1;
        }
        if event.r#type == "ExecutionSucceeded" && before.exited {
            self.taken.ended_after.insert(before.state);
        }
        self.places.insert(event.id, place);
    }

    fn visits(&mut self, state: &str) -> &mut Visits {
        self.taken.states.entry(state.to_owned()).or_default()
    }

    fn enter(&mut self, before: &Place, event: &HistoryEvent, name: &str) -> Place {
        self.visits(name).entered += 1;
        // Before its first state a branch has none; its states are entered from the Parallel's or the Map's event.
        if before.exited {
            let caught = before.failed.is_some();
            let (from, to) = (before.state.clone(), name.to_owned());
            self.taken.ways.insert(Way { from, to, caught });
        }
        // A Fail state is never left, and fails by being entered.
        let failed = (event.r#type == "FailStateEntered").then(String::new);
        if failed.is_some() {
            self.visits(name).failed.get_or_insert_default();
        }
        Place { state: name.to_owned(), failed, exited: false }
    }

    /// An error that goes before the exit was caught: the way out is a catcher's.
    fn exit(&mut self, before: &Place, name: &str) -> Place {
        let visits = self.visits(name);
        visits.exited += 1;
        if let Some(error) = &before.failed {
            visits.failed = Some(error.clone());
        }
        Place { state: name.to_owned(), failed: before.failed.clone(), exited: true }
    }

    /// An attempt's failure may be repeated; that of the execution is final for the state that it came from.
    fn fail(&mut self, before: &Place, event: &HistoryEvent, error: Option<&str>) -> Place {
        let error = error.unwrap_or_default().to_owned();
        if event.r#type == "ExecutionFailed" && !before.state.is_empty() {
            self.visits(&before.state).failed = Some(error.clone());
        }
        Place { state: before.state.clone(), failed: Some(error), exited: before.exited }
    }
}

/// `ParallelStateFailed` and the like carry no error of their own.
fn failed_without_details(event: &HistoryEvent) -> Option<String> {
    event.r#type.ends_with("Failed").then(String::new)
}

fn begins_attempt(event: &HistoryEvent) -> bool {
    crate::commands::event::is_scheduled(event)
}
