//! One event of a history: as a row for people, and as AWS writes it for programs.

mod document;

pub(crate) use document::document;

use std::collections::BTreeMap;

use everstep_proto::v1::HistoryEvent;
use everstep_proto::v1::history_event::Details;

use crate::output;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) time: String,
    /// The state that the event belongs to; empty for those of the whole execution.
    pub(crate) state: String,
    pub(crate) kind: String,
    /// Of a task's events.
    pub(crate) attempt: Option<u32>,
    /// The error, or the payload: what a reader looks for.
    pub(crate) what: String,
}

/// Makes rows of events in order of their ids. An event's state and attempt follow from the events it goes back to.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    places: BTreeMap<u64, Place>,
    redrives: u64,
}

/// Where in the definition an event stands.
#[derive(Debug, Clone, Default)]
struct Place {
    state: String,
    attempt: u32,
    /// Attempts count from 1 again after each.
    redrives: u64,
}

impl Rows {
    pub(crate) fn row(&mut self, event: &HistoryEvent) -> Row {
        let mut place = self.places.get(&event.previous_event_id).cloned().unwrap_or_default();
        if let Some(name) = state_named(event) {
            place = Place { state: name.to_owned(), ..Place::default() };
        }
        if let Some(Details::ExecutionRedriven(_)) = event.details {
            self.redrives += 1;
        }
        if place.redrives < self.redrives {
            place = Place { attempt: 0, redrives: self.redrives, ..place };
        }
        if is_scheduled(event) {
            place.attempt += 1;
        }
        self.places.insert(event.id, place.clone());
        let of_state = !event.r#type.starts_with("Execution");
        Row {
            id: event.id,
            time: output::clock(event.timestamp),
            state: if of_state { place.state } else { String::new() },
            kind: event.r#type.clone(),
            attempt: (of_task(event) && place.attempt > 0).then_some(place.attempt),
            what: what(event),
        }
    }
}

/// The state that the event itself names.
fn state_named(event: &HistoryEvent) -> Option<&str> {
    let details = event.details.as_ref()?;
    if let Details::StateEntered(details) = details {
        Some(&details.name)
    } else if let Details::StateExited(details) = details {
        Some(&details.name)
    } else if let Details::MapIteration(details) = details {
        Some(&details.name)
    } else if let Details::EvaluationFailed(details) = details {
        Some(&details.state)
    } else {
        None
    }
}

/// The state that begins with this event.
pub(crate) fn state_entered(event: &HistoryEvent) -> Option<&str> {
    if let Some(Details::StateEntered(details)) = &event.details {
        return Some(&details.name);
    }
    None
}

/// Whether an attempt of a task begins.
pub(crate) fn is_scheduled(event: &HistoryEvent) -> bool {
    matches!(
        event.details,
        Some(
            Details::ActivityScheduled(_)
                | Details::LambdaFunctionScheduled(_)
                | Details::TaskScheduled(_)
        )
    )
}

fn of_task(event: &HistoryEvent) -> bool {
    let kind = &event.r#type;
    let families = ["Activity", "LambdaFunction", "Task"];
    families.iter().any(|family| kind.starts_with(family)) && !kind.starts_with("TaskState")
}

fn what(event: &HistoryEvent) -> String {
    let Some(details) = &event.details else { return String::new() };
    let failure = |error: &Option<String>, cause: &Option<String>| {
        [error.as_deref(), cause.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": ")
    };
    match details {
        Details::ExecutionStarted(details) => details.input.clone(),
        Details::ExecutionSucceeded(details) => details.output.clone(),
        Details::ExecutionRedriven(details) => format!("redrive {}", details.redrive_count),
        Details::Failure(details) => failure(&details.error, &details.cause),
        Details::StateEntered(details) => details.input.clone(),
        Details::StateExited(details) => details.output.clone(),
        Details::ActivityScheduled(details) => details.input.clone(),
        Details::ActivityStarted(details) => {
            details.worker_name.as_deref().map(|worker| format!("by {worker}")).unwrap_or_default()
        }
        Details::Output(details) => details.output.clone(),
        Details::LambdaFunctionScheduled(details) => details.input.clone(),
        Details::TaskScheduled(details) => details.parameters.clone(),
        Details::TaskStarted(details) => details.resource.clone(),
        Details::TaskSubmitted(details) => details.output.clone(),
        Details::TaskSucceeded(details) => details.output.clone(),
        Details::TaskFailure(details) => failure(&details.error, &details.cause),
        Details::EvaluationFailed(details) => failure(&details.error, &details.cause),
        Details::MapStateStarted(details) => format!("{} items", details.length),
        Details::MapRunStarted(details) => details.map_run_arn.clone(),
        Details::MapRunRedriven(details) => details.map_run_arn.clone(),
        Details::MapIteration(details) => format!("item {}", details.index),
    }
}
