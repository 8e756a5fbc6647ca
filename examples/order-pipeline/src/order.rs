//! The orders: what goes in, and the end that each must reach, to the last digit and character.

use std::fmt;

use everstep_proto::v1::{Execution, ExecutionStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

const ORDERS: &str = include_str!("../orders.jsonl");

/// One line of `orders.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    /// A name for the execution: unique in the file, at most 60 characters, so that a prefix fits before it.
    pub name: String,
    /// JSON text.
    pub input: Box<RawValue>,
    pub expect: Expect,
}

/// How the execution of an order must end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Expect {
    pub status: Ending,
    /// Of a failed one: the error's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Of a succeeded one: the fields that the workers add behind those of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds: Option<Box<RawValue>>,
    /// The states in the order they are entered. Retries enter no state anew.
    pub states: Vec<String>,
    /// Attempts that Inventory needs where no process is killed: 4 if the stock never answers, 2 if it does not answer once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_attempts: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ending {
    Succeeded,
    Failed,
}

/// Where an execution ended otherwise than its order says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// `status`, `error`, `output` or `states`.
    pub what: &'static str,
    pub expected: String,
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, expected, found } = self;
        write!(f, "{what}: expected {expected}, found {found}")
    }
}

impl std::error::Error for Mismatch {}

/// Every order of the file.
///
/// # Panics
/// Never with the file that the crate is built with: a test reads it.
pub fn orders() -> Vec<Order> {
    let parse = |line| serde_json::from_str(line).expect("every line of orders.jsonl is an order");
    ORDERS.lines().map(parse).collect()
}

/// Whether an execution that has ended did so as its order says.
pub fn check(order: &Order, execution: &Execution) -> Result<(), Mismatch> {
    let expect = &order.expect;
    let status = match expect.status {
        Ending::Succeeded => ExecutionStatus::Succeeded,
        Ending::Failed => ExecutionStatus::Failed,
    };
    same("status", status.as_str_name(), execution.status().as_str_name())?;
    same("error", shown(expect.error.as_deref()), shown(execution.error.as_deref()))?;
    match &expect.adds {
        Some(adds) => {
            let output = canonical(execution.output.as_deref().unwrap_or_default());
            same("output", &expected_output(&order.input, adds), &output)
        }
        None => Ok(()),
    }
}

/// Whether the states that were entered, in this order, are those that the order must pass.
pub fn check_states<S: AsRef<str>>(order: &Order, entered: &[S]) -> Result<(), Mismatch> {
    let entered: Vec<&str> = entered.iter().map(AsRef::as_ref).collect();
    same("states", &order.expect.states.join(" > "), &entered.join(" > "))
}

fn same(what: &'static str, expected: &str, found: &str) -> Result<(), Mismatch> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = around_the_difference(expected, found);
    Err(Mismatch { what, expected, found })
}

fn shown(error: Option<&str>) -> &str {
    error.unwrap_or("none")
}

/// The input's fields in their order, then those that the workers added.
fn expected_output(input: &RawValue, adds: &RawValue) -> String {
    let parse = |raw: &RawValue| serde_json::from_str(raw.get()).expect("a raw value is JSON");
    let (Value::Object(mut output), Value::Object(adds)) = (parse(input), parse(adds)) else {
        panic!("the input of an order and what is added to it are objects");
    };
    output.extend(adds);
    Value::Object(output).to_string()
}

/// Without blanks, but with every digit and in the order of the keys; what is no JSON stays as it is.
fn canonical(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.to_owned(), |value| value.to_string())
}

/// Characters shown on either side of the first difference: payloads have 200 kB.
const SHOWN_CHARS: usize = 60;

fn around_the_difference(a: &str, b: &str) -> (String, String) {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(SHOWN_CHARS);
    let cut = |text: &str| {
        let start = if from > 0 { "…" } else { "" };
        let shown: String = text.chars().skip(from).take(2 * SHOWN_CHARS).collect();
        let end = if text.chars().count() > from + 2 * SHOWN_CHARS { "…" } else { "" };
        format!("{start}{shown}{end}")
    };
    (cut(a), cut(b))
}
