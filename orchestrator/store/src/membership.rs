//! Which nodes there are, which live, and how the living take over from the dead.

use chrono::{DateTime, Utc};
use execution::ExecutionId;

use crate::error::StoreError;
use crate::id::NodeId;
use crate::store::Store;

#[derive(Debug, Clone)]
pub struct NewNode {
    /// Where other nodes reach this one.
    pub address: String,
    /// One fence row for each, at epoch 1.
    pub lanes: i16,
    /// The highest event format that the node reads.
    pub level: i16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: NodeId,
    pub address: String,
    pub lanes: i16,
    pub level: i16,
    /// The epoch of each of its fences.
    pub epoch: i64,
}

/// The fence that a write stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FenceRef {
    pub node: NodeId,
    pub lane: i16,
    pub epoch: i64,
}

#[derive(Debug, Clone)]
pub struct Heartbeat {
    pub database_now: DateTime<Utc>,
    /// This node's row still says alive.
    pub alive: bool,
    pub peers: Vec<Peer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub id: NodeId,
    pub address: String,
    /// Raised by each of its heartbeats.
    pub counter: i64,
    pub level: i16,
    pub state: PeerState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    Alive,
    /// Gave its lease up in order.
    Left,
    /// Declared dead by a survivor.
    Dead,
}

impl Store {
    /// A node row, and one fence row for each lane at epoch 1.
    pub async fn join(&self, node: NewNode) -> Result<Node, StoreError> {
        todo!()
    }

    /// Raises the node's counter and reads the others'.
    pub async fn heartbeat(&self, node: NodeId) -> Result<Heartbeat, StoreError> {
        todo!()
    }

    /// Gives the lease up in order: waits for the node's commits in flight; later ones come back empty.
    pub async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        todo!()
    }

    /// Declares a peer dead if its counter still is `counter_seen`: waits for its commits in flight, and
    /// later ones come back empty. False: it has moved since, or is not alive.
    pub async fn depose(&self, peer: NodeId, counter_seen: i64) -> Result<bool, StoreError> {
        todo!()
    }

    /// Takes at most `limit` executions of a node that left or is dead, oldest first. Empty: none is left, or the
    /// claimer's own fence does not stand.
    pub async fn claim(
        &self,
        claimer: FenceRef,
        dead: NodeId,
        limit: i64,
    ) -> Result<Vec<ExecutionId>, StoreError> {
        todo!()
    }

    /// Removes the row of a node that left or is dead, once no execution names it. False: one still does.
    pub async fn forget(&self, dead: NodeId) -> Result<bool, StoreError> {
        todo!()
    }
}
