//! The workers' books beside the histories: no effect is lost, and one that was repeated is explained by an attempt or
//! a hand-out of its own.

use std::collections::{BTreeMap, BTreeSet};

use everstep_proto::v1::HistoryEvent;
use order_pipeline::ledger::{Effect, Entry, Ledger};

use crate::orders::Ended;
use crate::verdict::{scheduled, succeeded};

const BOOKS: [(Effect, &[&str], &str); 5] = [
    (Effect::Charge, &["Payment"], "payment"),
    (Effect::Reservation, &["Inventory"], "inventory"),
    (Effect::Shipment, &["Shipping"], "shipping"),
    (Effect::Refund, &["Refund"], "refund"),
    (Effect::Email, &["EmailUserRefunded", "EmailUserDeclined"], "email"),
];

pub(crate) async fn check(
    ledger: &Ledger,
    ended: &[Ended],
    histories: &BTreeMap<String, Vec<HistoryEvent>>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (effect, states, queue) in BOOKS {
        let entries = ledger.entries(effect).await.expect("PostgreSQL runs");
        let mut by_execution: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &entries {
            by_execution.entry(&entry.execution_arn).or_default().push(entry);
        }
        for Ended { order, execution } in ended {
            let arn = execution.execution_arn.as_str();
            let entries = by_execution.remove(arn).unwrap_or_default();
            let history = &histories[arn];
            let attempts = scheduled(history, queue);
            let passed = order.expect.states.iter().any(|state| states.contains(&state.as_str()));
            let declined = effect == Effect::Charge
                && order.expect.states.iter().any(|state| state == "EmailUserDeclined");
            let due = succeeded(history, queue) > 0 && !declined;
            let checked = check_entries(&entries, attempts, passed)
                .and_then(|()| check_effect(&entries, due, declined));
            faults.extend(
                checked.err().map(|fault| format!("{} in {effect:?}: {fault}", order.name)),
            );
        }
        faults.extend(
            by_execution.keys().map(|arn| format!("{effect:?} of an unknown execution {arn}")),
        );
    }
    faults
}

/// One execution in one book.
fn check_entries(entries: &[&Entry], attempts: usize, passed: bool) -> Result<(), String> {
    if passed != (attempts > 0) {
        return Err(format!("{attempts} attempts of a state that was passed: {passed}"));
    }
    let mut hand_outs = BTreeSet::new();
    for entry in entries {
        if !hand_outs.insert((entry.attempt, entry.hand_outs_before)) {
            return Err(format!(
                "attempt {}, hand-out {} was begun twice",
                entry.attempt, entry.hand_outs_before
            ));
        }
        if usize::try_from(entry.attempt).is_ok_and(|attempt| attempt > attempts) {
            return Err(format!("attempt {} is in no history", entry.attempt));
        }
    }
    Ok(())
}

/// An accepted success has had its effect; a declined card was never charged.
fn check_effect(entries: &[&Entry], due: bool, declined: bool) -> Result<(), String> {
    let done = entries.iter().filter(|entry| entry.done_at.is_some()).count();
    if due && done == 0 {
        return Err("the effect is lost".to_owned());
    }
    if declined && done > 0 {
        return Err(format!("a declined card was charged {done} times"));
    }
    Ok(())
}
