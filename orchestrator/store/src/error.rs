//! Errors by remedy: what a caller can do about it decides the variant, not where it came from.

use std::fmt;

use sqlx::postgres::{PgDatabaseError, PgSeverity};

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
    /// As many stand as the limit that the creation came with.
    #[error("as many stand as there may be")]
    Full,
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
        match self.remedy {
            Remedy::Again | Remedy::Later => true,
            Remedy::Halve => false,
        }
    }

    fn of(error: &PgDatabaseError) -> Self {
        Self {
            remedy: remedy(error.code()),
            sqlstate: error.code().to_owned(),
            constraint: error.constraint().map(str::to_owned),
            message: error.message().to_owned(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.sqlstate)
    }
}

/// By PostgreSQL's appendix of error codes. What is not named here is taken for a culprit: halving ends in any case.
fn remedy(sqlstate: &str) -> Remedy {
    match sqlstate {
        // Serialization failure, deadlock, lock not available.
        "40001" | "40P01" | "55P03" => Remedy::Again,
        // Read-only, query cancelled, shutting down, starting up.
        "25006" | "57014" | "57P01" | "57P02" | "57P03" | "57P05" => Remedy::Later,
        // Connection trouble, resources, limits of the system, the disk. A row too large for PostgreSQL is class 54.
        code if ["08", "53", "58"].iter().any(|class| code.starts_with(class)) => Remedy::Later,
        _ => Remedy::Halve,
    }
}

impl StoreError {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let Some(refused) = of_database(error) else {
            if let sqlx::Error::Configuration(reason) = error {
                return Self::Configuration(reason.to_string());
            }
            // Whatever broke on the way: it was not a word of the server's.
            return Self::Unavailable(error.to_string());
        };
        let refusal = Refusal::of(refused);
        match refused.code() {
            // Undefined table, function, column.
            "42P01" | "42883" | "42703" => Self::Schema(format!(
                "the database's schema does not fit this version of Everstep ({}): run `everstep migrate`",
                refusal.message
            )),
            // Wrong password, no such database, no such role, no right.
            code if code.starts_with("28") || matches!(code, "3D000" | "42501") => {
                Self::Configuration(refusal.message)
            }
            _ if refusal.remedy == Remedy::Halve => Self::Refused(refusal),
            _ => Self::Unavailable(refusal.message),
        }
    }
}

impl CommitError {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        if let Some(refused) = of_database(error) {
            // A FATAL or a PANIC ends the session, perhaps after the commit became durable here and before a standby has it.
            if refused.severity() == PgSeverity::Error {
                return Self::Refused(Refusal::of(refused));
            }
        }
        if let sqlx::Error::Encode(reason) = error {
            // Never sent.
            return Self::Refused(Refusal {
                remedy: Remedy::Halve,
                sqlstate: String::new(),
                constraint: None,
                message: reason.to_string(),
            });
        }
        Self::Doubt(error.to_string())
    }
}

fn of_database(error: &sqlx::Error) -> Option<&PgDatabaseError> {
    let sqlx::Error::Database(error) = error else { return None };
    error.try_downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_what_to_do_with_the_batch() {
        for (sqlstate, expected) in [
            ("40P01", Remedy::Again),
            ("40001", Remedy::Again),
            ("53100", Remedy::Later),
            ("25006", Remedy::Later),
            ("57P01", Remedy::Later),
            ("23505", Remedy::Halve),
            ("22021", Remedy::Halve),
            ("EV001", Remedy::Halve),
            ("54000", Remedy::Halve),
        ] {
            assert_eq!(remedy(sqlstate), expected, "{sqlstate}");
        }
    }
}
