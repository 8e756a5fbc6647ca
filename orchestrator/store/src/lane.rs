//! A lane's road to the database: one connection of its own, one prepared statement, one commit in flight.

use crate::batch::Batch;
use crate::error::{CommitError, StoreError};
use crate::id::NodeId;
use crate::membership::FenceRef;
use crate::store::Store;
use execution::ExecutionId;

#[derive(Debug)]
pub struct Lane {
    fence: FenceRef,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// The fence did not stand: nothing was written. The node has been declared dead.
    Fenced,
    /// All of it stands, but for starts whose name was taken: nothing of those was written.
    Written { lost_names: Vec<ExecutionId> },
}

/// What a raise of the epoch found, after every orphaned commit of the lane has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    Standing,
    Deposed,
}

impl Store {
    /// Opens the lane's connection. `epoch` is the one that [`Store::join`] gave: 1.
    pub async fn lane(&self, node: NodeId, lane: i16, epoch: i64) -> Result<Lane, StoreError> {
        todo!()
    }
}

impl Lane {
    pub fn fence(&self) -> FenceRef {
        self.fence
    }

    /// One statement, one round trip. After a doubt, or once dropped before its answer, every further
    /// commit is in doubt until [`Lane::raise_epoch`] has answered.
    pub async fn commit(&mut self, batch: &Batch) -> Result<Committed, CommitError> {
        todo!()
    }

    /// Opens a new connection if need be and raises the epoch: waits for an orphaned commit, and one that has not begun
    /// comes back empty. One attempt; the caller repeats it with backoff.
    pub async fn raise_epoch(&mut self) -> Result<Raised, StoreError> {
        todo!()
    }
}
