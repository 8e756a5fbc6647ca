//! Whether an order ended as its file says, and whether its history can be believed.

use everstep_proto::v1::history_event::Details;
use everstep_proto::v1::{Execution, HistoryEvent};
use order_pipeline::{Order, check, order::check_states};

const INVENTORY_ATTEMPTS_MAX: usize = 4;

pub(crate) fn check_order(
    order: &Order,
    execution: &Execution,
    history: &[HistoryEvent],
) -> Result<(), String> {
    check(order, execution).map_err(|mismatch| mismatch.to_string())?;
    check_states(order, &entered(history)).map_err(|mismatch| mismatch.to_string())?;
    let attempts = scheduled(history, "inventory");
    let expected = order.expect.inventory_attempts.unwrap_or(0) as usize;
    // A killed worker costs an attempt; stock that never answers gets exactly its four, whatever was killed.
    if attempts < expected || attempts > INVENTORY_ATTEMPTS_MAX {
        return Err(format!("{attempts} attempts of Inventory, expected {expected}"));
    }
    Ok(())
}

/// Ids without gaps, each event after the one it points at, one end, and of each attempt at most one outcome.
pub(crate) fn check_history(history: &[HistoryEvent]) -> Result<(), String> {
    let mut open_attempt = false;
    for (event, id) in history.iter().zip(1..) {
        if event.id != id || event.previous_event_id >= event.id {
            return Err(format!(
                "event {} stands at {id} and points at {}",
                event.id, event.previous_event_id
            ));
        }
        match event.r#type.as_str() {
            "ActivityScheduled" if open_attempt => {
                return Err(format!("attempt {id} begins within another"));
            }
            "ActivityScheduled" => open_attempt = true,
            "ActivitySucceeded" | "ActivityFailed" | "ActivityTimedOut" if !open_attempt => {
                return Err(format!("outcome {id} belongs to no attempt"));
            }
            "ActivitySucceeded" | "ActivityFailed" | "ActivityTimedOut" => open_attempt = false,
            _ => {}
        }
    }
    let ends = history.iter().filter(|event| is_end(event)).count();
    let last = history.last().is_some_and(is_end);
    if ends != 1 || !last {
        return Err(format!("{ends} ends, and the last event is one: {last}"));
    }
    Ok(())
}

/// Attempts of a task on `queue`.
pub(crate) fn scheduled(history: &[HistoryEvent], queue: &str) -> usize {
    let of_queue = |event: &&HistoryEvent| matches!(&event.details, Some(Details::ActivityScheduled(details)) if details.resource == queue);
    history.iter().filter(of_queue).count()
}

/// The queue of the latest attempt.
pub(crate) fn last_queue(history: &[HistoryEvent]) -> Option<&str> {
    history.iter().rev().find_map(|event| match &event.details {
        Some(Details::ActivityScheduled(details)) => Some(details.resource.as_str()),
        _ => None,
    })
}

/// How often a task on `queue` had its outcome accepted as a success.
pub(crate) fn succeeded(history: &[HistoryEvent], queue: &str) -> usize {
    let mut of_queue = false;
    let mut count = 0;
    for event in history {
        if let Some(Details::ActivityScheduled(details)) = &event.details {
            of_queue = details.resource == queue;
        } else if event.r#type == "ActivitySucceeded" && of_queue {
            count += 1;
        }
    }
    count
}

fn entered(history: &[HistoryEvent]) -> Vec<&str> {
    history
        .iter()
        .filter_map(|event| match &event.details {
            Some(Details::StateEntered(details)) => Some(details.name.as_str()),
            _ => None,
        })
        .collect()
}

fn is_end(event: &HistoryEvent) -> bool {
    matches!(
        event.r#type.as_str(),
        "ExecutionSucceeded" | "ExecutionFailed" | "ExecutionTimedOut" | "ExecutionAborted"
    )
}
