//! The workloads: what is run, on which input, and how it is counted.
use std::path::PathBuf;

use clap::ValueEnum;
use everstep_proto::v1::StateMachineType;
use serde_json::{Value, json};

/// Wide enough that handing tasks out dominates, small enough for the largest payload that AWS allows.
const FAN_OUT_TASKS: usize = 1000;
const CHAIN_STATES: usize = 10;
const DATA_STATES: usize = 10;

/// The queues of the tasks; the worker adds a field of the same name.
pub(crate) const QUEUES: [&str; 3] = ["payment", "inventory", "shipping"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// Three tasks, one after the other, on an order of about 200 bytes
    Order,
    /// The same three tasks in an Express machine, whose caller waits for the end
    Express,
    /// Ten Pass states, no task
    Chain,
    /// A Map over 1,000 tasks
    FanOut,
    /// Ten states of JSONPath over an order of 4 kB, no task
    Data,
    /// The same in JSONata
    DataJsonata,
}

impl Workload {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Express => "express",
            Self::Chain => "chain",
            Self::FanOut => "fan-out",
            Self::Data => "data",
            Self::DataJsonata => "data-jsonata",
        }
    }

    /// Tasks handed to the worker by one execution.
    pub(crate) fn tasks(self) -> usize {
        match self {
            Self::Order | Self::Express => QUEUES.len(),
            Self::Chain | Self::Data | Self::DataJsonata => 0,
            Self::FanOut => FAN_OUT_TASKS,
        }
    }

    /// What costs are divided by: tasks, or where there are none, states.
    pub(crate) fn steps(self) -> usize {
        match self {
            Self::Order | Self::Express | Self::FanOut => self.tasks(),
            Self::Chain => CHAIN_STATES,
            Self::Data | Self::DataJsonata => DATA_STATES,
        }
    }

    /// Measured where none is asked for. One fan-out is a thousand wide by itself.
    pub(crate) fn usual_concurrency(self) -> &'static [usize] {
        match self {
            Self::Order | Self::Express | Self::Chain | Self::Data | Self::DataJsonata => {
                &[1, 64, 256]
            }
            Self::FanOut => &[1],
        }
    }

    pub(crate) fn machine_type(self) -> StateMachineType {
        match self {
            Self::Express => StateMachineType::Express,
            Self::Order | Self::Chain | Self::FanOut | Self::Data | Self::DataJsonata => {
                StateMachineType::Standard
            }
        }
    }

    pub(crate) fn definition(self) -> Value {
        match self {
            Self::Order | Self::Express => {
                chain_of(QUEUES.map(|queue| (queue.to_owned(), task(queue))))
            }
            Self::Chain => chain_of((1..=CHAIN_STATES).map(pass)),
            Self::FanOut => fan_out(),
            Self::Data => parsed(include_str!("../workloads/data.jsonpath.json")),
            Self::DataJsonata => parsed(include_str!("../workloads/data.jsonata.json")),
        }
    }

    /// Its definition's file and its input's, where it has files.
    pub(crate) fn files(self) -> Option<[PathBuf; 2]> {
        let file =
            |name| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/workloads")).join(name);
        match self {
            Self::Data => Some(["data.jsonpath.json", "data.input.json"].map(file)),
            Self::DataJsonata => Some(["data.jsonata.json", "data.input.json"].map(file)),
            Self::Order | Self::Express | Self::Chain | Self::FanOut => None,
        }
    }

    pub(crate) fn input(self, number: u64) -> Value {
        match self {
            Self::Order | Self::Express | Self::Chain => order(number),
            Self::FanOut => json!({"items": (0..FAN_OUT_TASKS).collect::<Vec<_>>()}),
            Self::Data | Self::DataJsonata => parsed(include_str!("../workloads/data.input.json")),
        }
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("a file of this crate is JSON")
}

/// The order that the peers are measured with: the same fields, the same sizes.
fn order(number: u64) -> Value {
    json!({
        "orderId": format!("order-{number:012}"),
        "customer": "c-4711-0815",
        "sku": "SKU-000123",
        "qty": 3,
        "amount": 129.95,
        "currency": "EUR",
        "note": "x".repeat(60),
        "address": "1 Main St, Springfield",
    })
}

/// As a production definition has it: a timeout and a heartbeat, so that their timers are paid for.
fn task(queue: &str) -> Value {
    json!({"Type": "Task", "Resource": queue, "TimeoutSeconds": 60, "HeartbeatSeconds": 30})
}

fn pass(number: usize) -> (String, Value) {
    (format!("pass-{number}"), json!({"Type": "Pass"}))
}

fn chain_of(states: impl IntoIterator<Item = (String, Value)>) -> Value {
    let mut states: Vec<(String, Value)> = states.into_iter().collect();
    let names: Vec<String> = states.iter().map(|(name, _)| name.clone()).collect();
    for (index, (_, state)) in states.iter_mut().enumerate() {
        match names.get(index + 1) {
            Some(next) => state["Next"] = json!(next),
            None => state["End"] = json!(true),
        }
    }
    json!({"StartAt": names[0], "States": states.into_iter().collect::<serde_json::Map<_, _>>()})
}

fn fan_out() -> Value {
    let mut work = task(QUEUES[0]);
    work["End"] = json!(true);
    // An input of its own for each task, and only a count as the output: the workload is hand-outs, not megabytes.
    json!({"StartAt": "each", "States": {"each": {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemSelector": {"order.$": "$$.Map.Item.Value"},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": "work",
            "States": {"work": work},
        },
        "ResultSelector": {"done.$": "States.ArrayLength($)"},
        "End": true,
    }}})
}
