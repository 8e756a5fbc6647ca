//! Why the engine refuses, by what the caller can do about it.

use std::time::Duration;

use store::StoreError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// PostgreSQL is away, the node stands by, or it takes over a predecessor's executions right now: try again.
    #[error("{reason}")]
    Unavailable { reason: String, retry_after: Duration },
    /// A bound was reached: try again later.
    #[error("{limit} is at its limit of {bound}")]
    Exhausted { limit: &'static str, bound: usize, retry_after: Duration },
    /// No execution of that id is known.
    #[error("the execution does not exist")]
    UnknownExecution,
    /// The execution has ended.
    #[error("the execution has ended")]
    ExecutionEnded,
    /// A redrive opens only what has ended without success.
    #[error("the execution is {status:?} and cannot be redriven")]
    NotRedrivable { status: execution::Status },
    /// A redrive has no room in the history, which the namespace limits.
    #[error("the execution's history has no room for a redrive")]
    HistoryFull,
    /// The namespace has as many open executions as it may.
    #[error("the namespace has as many open executions as it may")]
    TooManyOpen,
    /// The wait that a task token names is over: another outcome was accepted, the attempt timed out, the
    /// hand-out was superseded, or the execution has ended.
    #[error("the task's attempt is over")]
    TaskOver,
    /// The name is taken by an execution that has ended or that has another input.
    #[error("an execution of that name exists")]
    ExecutionAlreadyExists { execution: execution::ExecutionId },
    /// PostgreSQL refused this execution's rows; the execution is quarantined, or its start did not happen.
    #[error("PostgreSQL refused the write: {reason}")]
    Refused { reason: String },
}

impl EngineError {
    pub(crate) fn exhausted(limit: &'static str, bound: usize) -> Self {
        Self::Exhausted { limit, bound, retry_after: RETRY_AFTER }
    }

    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: RETRY_AFTER }
    }
}

/// How long a caller should wait before it tries again: well below a takeover, well above a commit.
const RETRY_AFTER: Duration = Duration::from_millis(500);

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(error.to_string()),
            StoreError::Schema(_)
            | StoreError::Configuration(_)
            | StoreError::Full
            | StoreError::Refused(_) => Self::Refused { reason: error.to_string() },
        }
    }
}
