//! The schema: bringing it up to date, refusing one that does not fit, and what the first migration drew for good.

use crate::error::StoreError;
use crate::store::Store;

/// What [`Store::migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// Versions applied now, in order; empty: all were there.
    pub applied: Vec<i64>,
    /// The schema's version now.
    pub version: i64,
}

impl Store {
    /// Applies what is missing and makes the coming months' partitions. Safe to run from several nodes at once.
    pub async fn migrate(&self) -> Result<MigrationReport, StoreError> {
        todo!()
    }

    /// Refuses a schema that is behind this binary, or that has left it behind.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// Makes partitions ahead of time; to be called daily. Says how many were made.
    pub async fn ensure_partitions(&self) -> Result<u64, StoreError> {
        todo!()
    }

    /// Drawn at random when the database was made: signs task tokens.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        todo!()
    }

    /// The number of homes, fixed when the database was made.
    pub async fn homes(&self) -> Result<i16, StoreError> {
        todo!()
    }
}
