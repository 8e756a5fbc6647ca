//! Errors by remedy: what a caller can do about it decides the variant, not where it came from.

use std::fmt;

/// Of reads and management; a commit has its own ([`CommitError`]).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// PostgreSQL is away, starting, overloaded or read-only. Nothing is wrong with the request: try again later.
    #[error("PostgreSQL is unavailable: {0}")]
    Unavailable(String),
    /// The database's schema and this binary do not fit; the text says what to do.
    #[error("{0}")]
    Schema(String),
    /// The settings of the connection are wrong (URL, password, missing database): waiting does not help.
    #[error("cannot use the database: {0}")]
    Configuration(String),
    /// PostgreSQL said no to this statement: a bug, or data that does not belong there.
    #[error("PostgreSQL refused: {0}")]
    Refused(Refusal),
}

/// Why a commit did not answer.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Definite: nothing of the batch was written.
    #[error("PostgreSQL refused the batch: {0}")]
    Refused(Refusal),
    /// The connection broke before the answer: the batch was written, or will be, or never. Raise the epoch first.
    #[error("the fate of the batch is unknown: {0}")]
    Doubt(String),
}

/// What to do with a batch that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// A deadlock or serialization failure: send the same batch again, whole.
    Again,
    /// Disk full, out of memory, read-only, shutting down: the batch is innocent; send it whole once the database can.
    Later,
    /// A row of the batch is the culprit: send it in halves until the culprit stands alone.
    Halve,
}

/// A definite error of PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub remedy: Remedy,
    pub sqlstate: String,
    /// The named constraint that was violated, if one was.
    pub constraint: Option<String>,
    pub message: String,
}

impl Refusal {
    pub fn is_retryable(&self) -> bool {
        matches!(self.remedy, Remedy::Again)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.sqlstate)
    }
}
