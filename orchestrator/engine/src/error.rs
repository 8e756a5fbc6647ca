//! Why the engine refuses, by what the caller can do about it.

use std::time::Duration;

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
    /// The wait that a task token names is over: another outcome was accepted, the attempt timed out, the
    /// hand-out was superseded, or the execution has ended.
    #[error("the task's attempt is over")]
    TaskOver,
    /// The name is taken by an execution that has ended or that has another input.
    #[error("an execution of that name exists")]
    ExecutionAlreadyExists { execution: execution::ExecutionId },
    /// The state machine is being deleted.
    #[error("the state machine is being deleted")]
    MachineDeleting,
    /// PostgreSQL refused this execution's rows; the execution is quarantined, or its start did not happen.
    #[error("PostgreSQL refused the write: {reason}")]
    Refused { reason: String },
}
