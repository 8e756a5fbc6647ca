//! One state alone, with an input, a context object, variables and a mock in the place of its work: AWS's `TestState`.
//!
//! The state takes its turn as in an execution; what would have been written tells how it ended.

mod answers;
mod check;
mod inspection;
mod run;
mod setting;

use std::sync::Arc;

use asl::{Diagnostic, Payload};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::event::Failure;

#[derive(Debug, Clone)]
pub struct Request {
    /// A state, or a whole machine with `state_name`.
    pub definition: String,
    pub state_name: Option<String>,
    pub input: Payload,
    /// `$$`, whole. Absent: one is made of `identity`.
    pub context: Option<Value>,
    pub variables: Option<Map<String, Value>>,
    pub mock: Option<Mock>,
    /// What the work came to that `run` asked for.
    pub called: Option<Result<Payload, Failure>>,
    pub configuration: Configuration,
    pub level: Level,
    pub reveal_secrets: bool,
    pub identity: Identity,
    pub now: DateTime<Utc>,
    pub seed: u64,
}

/// Who the execution would be.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    pub execution_arn: String,
    pub name: String,
    pub machine_arn: String,
    pub machine_name: String,
    pub role_arn: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    Answered(Answer),
    /// An HTTP task makes it.
    Calls(Work),
    /// A worker of its queue is to do it.
    Asks(Work),
}

/// The work of a Task that is tested without a mock.
#[derive(Debug, Clone)]
pub struct Work {
    pub state: Arc<str>,
    pub resource: Arc<str>,
    pub queue: Arc<str>,
    pub parameters: Payload,
    /// The state's own limits.
    pub timeout_seconds: Option<u64>,
    pub heartbeat_seconds: Option<u64>,
}

/// Exactly one of the two.
#[derive(Debug, Clone, Default)]
pub struct Mock {
    /// JSON text.
    pub result: Option<String>,
    pub error: Option<Failure>,
    pub validation: Validation,
}

/// How strictly a mocked result is held to what its service answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Validation {
    #[default]
    Strict,
    Present,
    None,
}

#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// How often each retrier was used already.
    pub retrier_retry_count: u32,
    pub map_iteration_failure_count: Option<u64>,
    /// What a Map's `ItemReader` would read. What is no JSON shows nothing.
    pub map_item_reader_data: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    /// The outcome.
    #[default]
    Info,
    /// What each field made of the data, too.
    Debug,
    /// And what an HTTP task sent and got, which whoever makes the call adds.
    Trace,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: Status,
    pub output: Option<Payload>,
    pub failure: Option<Failure>,
    pub next_state: Option<String>,
    pub inspection: Option<Inspection>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Succeeded,
    Failed,
    Retriable,
    CaughtError,
}

/// AWS's names of the steps (`afterParameters`) with what each made.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    pub documents: Vec<(&'static str, Payload)>,
    pub max_concurrency: Option<u64>,
    pub tolerated_failure_count: Option<u64>,
    pub tolerated_failure_percentage: Option<f64>,
    pub error: Option<ErrorDetails>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErrorDetails {
    pub retry_index: Option<usize>,
    pub retry_backoff_seconds: Option<u64>,
    pub catch_index: Option<usize>,
}

/// Why there is nothing to answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    #[error("the definition is not valid")]
    Definition(Vec<Diagnostic>),
    /// A definition that AWS refuses here alone.
    #[error("{0}")]
    Unsupported(String),
    #[error("{0}")]
    Validation(String),
}

impl Status {
    /// As AWS names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Retriable => "RETRIABLE",
            Self::CaughtError => "CAUGHT_ERROR",
        }
    }
}

/// Runs the state of the request; or asks for the work that is its Task's, to be run again with what it came to.
pub fn run(request: &Request) -> Result<Outcome, Refused> {
    let (machine, state) = setting::machine(request)?;
    let mock = check::check(request, &machine, state)?;
    let execution = setting::execution(request, machine.state(state));
    let on_stage = run::Stage { machine: &machine, state, execution: &execution };
    if mock.is_none()
        && let Some(outside) = run::outside(request, &on_stage)
    {
        return Ok(outside);
    }
    run::answer(request, &on_stage, mock).map(Outcome::Answered)
}
