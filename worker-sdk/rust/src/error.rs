//! How a task fails, and how a worker does.

use std::fmt;

/// Why a task failed: `error` is what `ErrorEquals` of the definition matches, `cause` is for people.
///
/// Any error converts into one with `?`: its name is then `Error`, its cause the error's text and that of its sources.
///
/// ```
/// use everstep_worker::TaskError;
///
/// fn parse(text: &str) -> Result<u32, TaskError> {
///     Ok(text.parse::<u32>()?)
/// }
/// let error = parse("one").unwrap_err();
/// assert_eq!((error.error.as_str(), error.cause.as_str()), ("Error", "invalid digit found in string"));
///
/// let declined = TaskError::new("CardDeclined", "insufficient funds");
/// assert_eq!(declined.to_string(), "CardDeclined: insufficient funds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskError {
    /// At most 256 characters; what is longer is cut off.
    pub error: String,
    /// At most 32,768 characters; what is longer is cut off.
    pub cause: String,
}

impl TaskError {
    pub fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: error.into(), cause: cause.into() }
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.cause)
    }
}

/// `TaskError` itself is no `std::error::Error`, so that this conversion can be for all that are.
impl<E: std::error::Error> From<E> for TaskError {
    fn from(error: E) -> Self {
        let mut cause = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            cause.push_str(": ");
            cause.push_str(&error.to_string());
            source = error.source();
        }
        Self::new("Error", cause)
    }
}

/// Why a worker gave up. A server that is away is no reason: the worker reconnects.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error(
        "the server's address {address:?} is not usable: {reason}; write it as http://HOST:PORT"
    )]
    Address { address: String, reason: String },
    #[error("{0}")]
    Settings(String),
    /// Trying again would not help: the server refused the worker's first session.
    #[error("the server refused the worker: {} ({:?})", .0.message(), .0.code())]
    Refused(Box<tonic::Status>),
    #[error("signals cannot be awaited: {0}")]
    Signal(#[from] std::io::Error),
}
