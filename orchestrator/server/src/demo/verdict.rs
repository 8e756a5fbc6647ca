//! How the orders ended beside how they should, by kind of order.

use std::collections::BTreeMap;

use everstep_proto::v1::{Execution, ExecutionStatus};
use order_pipeline::order::Ending;
use order_pipeline::{Order, check};
use serde_json::{Value, json};

use crate::commands::execution::status_name;
use crate::output::Table;

#[derive(Debug, Default)]
pub(crate) struct Verdict {
    kinds: BTreeMap<Kind, Tally>,
    /// Those that ended otherwise: the execution's name, and where they differ.
    pub(crate) otherwise: Vec<(String, String)>,
}

/// In the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Plain,
    Odd,
    SlowOnce,
    Declined,
    OutOfStock,
    SlowAlways,
    NotShipped,
}

impl Kind {
    fn of(order: &Order) -> Self {
        let expect = &order.expect;
        let enters = |state: &str| expect.states.iter().any(|entered| entered == state);
        match (expect.status, expect.inventory_attempts) {
            (Ending::Succeeded, Some(_)) => Self::SlowOnce,
            (Ending::Succeeded, None) if order.name.starts_with("plain") => Self::Plain,
            (Ending::Succeeded, None) => Self::Odd,
            (Ending::Failed, _) if !enters("Inventory") => Self::Declined,
            (Ending::Failed, _) if enters("Shipping") => Self::NotShipped,
            (Ending::Failed, Some(_)) => Self::SlowAlways,
            (Ending::Failed, None) => Self::OutOfStock,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Odd => "odd or large payload",
            Self::SlowOnce => "stock answers at the second attempt",
            Self::Declined => "card declined",
            Self::OutOfStock => "out of stock",
            Self::SlowAlways => "stock never answers",
            Self::NotShipped => "cannot be shipped",
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    orders: u64,
    as_it_should: u64,
    should: String,
    /// How many ended how.
    ended: BTreeMap<String, u64>,
}

impl Verdict {
    pub(super) fn add(
        &mut self,
        order: &Order,
        name: String,
        execution: &Execution,
        states: &[String],
    ) {
        let tally = self.kinds.entry(Kind::of(order)).or_default();
        tally.orders += 1;
        tally.should = match order.expect.status {
            Ending::Succeeded => end("SUCCEEDED", None),
            Ending::Failed => end("FAILED", order.expect.error.as_deref()),
        };
        let ended = end(status_name(execution.status()), execution.error.as_deref());
        *tally.ended.entry(ended).or_default() += 1;
        let outcome = match execution.status() {
            ExecutionStatus::Running => Err("it has not ended".to_owned()),
            ExecutionStatus::Unspecified
            | ExecutionStatus::Succeeded
            | ExecutionStatus::Failed
            | ExecutionStatus::TimedOut
            | ExecutionStatus::Aborted => check(order, execution)
                .and_then(|()| order_pipeline::order::check_states(order, states))
                .map_err(|mismatch| mismatch.to_string()),
        };
        match outcome {
            Ok(()) => tally.as_it_should += 1,
            Err(mismatch) => self.otherwise.push((name, mismatch)),
        }
    }

    pub(crate) fn all_as_they_should(&self) -> bool {
        self.otherwise.is_empty()
    }

    pub(crate) fn orders(&self) -> u64 {
        self.kinds.values().map(|tally| tally.orders).sum()
    }

    pub(crate) fn table(&self) -> String {
        let mut table = Table::new(["KIND OF ORDER", "ORDERS", "SHOULD END", "ENDED", "AGREE"]);
        for (kind, tally) in &self.kinds {
            let ended: Vec<String> =
                tally.ended.iter().map(|(end, count)| format!("{count} × {end}")).collect();
            table.row([
                kind.as_str().to_owned(),
                tally.orders.to_string(),
                tally.should.clone(),
                ended.join(", "),
                format!("{} of {}", tally.as_it_should, tally.orders),
            ]);
        }
        table.render()
    }

    pub(crate) fn document(&self) -> Value {
        let kinds: Vec<Value> = (self.kinds.iter())
            .map(|(kind, tally)| {
                json!({
                    "kind": kind.as_str(),
                    "orders": tally.orders,
                    "shouldEnd": tally.should,
                    "ended": tally.ended,
                    "agree": tally.as_it_should,
                })
            })
            .collect();
        let otherwise: Vec<Value> = (self.otherwise.iter())
            .map(|(name, mismatch)| json!({ "name": name, "mismatch": mismatch }))
            .collect();
        json!({ "orders": self.orders(), "kinds": kinds, "otherwise": otherwise })
    }
}

fn end(status: &str, error: Option<&str>) -> String {
    error.map_or_else(|| status.to_owned(), |error| format!("{status} {error}"))
}
