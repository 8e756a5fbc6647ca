//! The pool for reads and management. Lanes have connections of their own.

use std::time::Duration;

use crate::error::StoreError;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: sqlx::PgPool,
}

#[derive(Debug, Clone)]
pub struct StoreOptions {
    pub database_url: String,
    /// Connections for reads and management, lanes not counted.
    pub pool_max: u32,
    /// For a new connection, and for a free one of the pool.
    pub connect_timeout: Duration,
    /// For the answer to a read or a statement of management. Never for a commit.
    pub answer_timeout: Duration,
}

/// What came of creating something that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation<T> {
    Created(T),
    /// It stood before, the same.
    Same(T),
    /// Another of that name stands.
    Differs(T),
}

impl StoreOptions {
    pub fn new(database_url: impl Into<String>) -> Self {
        Self {
            database_url: database_url.into(),
            pool_max: 8,
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(10),
        }
    }
}

impl Store {
    /// Makes the pool; its first connection is opened here, so that wrong settings show at once.
    pub async fn connect(options: StoreOptions) -> Result<Self, StoreError> {
        todo!()
    }
}
