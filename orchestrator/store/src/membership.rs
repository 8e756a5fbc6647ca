//! Which nodes there are, which live, and how the living take over from the dead.

use chrono::{DateTime, Utc};
use execution::ExecutionId;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::error::StoreError;
use crate::id::NodeId;
use crate::sql::sql;
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
        let joined = sqlx::query(sql!("node/join.sql"))
            .bind(&node.address)
            .bind(node.level)
            .bind(i32::from(node.lanes))
            .fetch_one(&self.pool);
        let id = self.answer(joined).await?.get("id");
        Ok(Node { id, address: node.address, lanes: node.lanes, level: node.level, epoch: 1 })
    }

    /// Raises the node's counter and reads the others'.
    pub async fn heartbeat(&self, node: NodeId) -> Result<Heartbeat, StoreError> {
        let beat = sqlx::query(sql!("node/heartbeat.sql")).bind(node).fetch_all(&self.pool);
        let rows = self.answer(beat).await?;
        let first = rows.first().expect("the statement answers with a row even without peers");
        Ok(Heartbeat {
            database_now: first.get("database_now"),
            alive: first.get("alive"),
            peers: rows.iter().filter_map(peer).collect(),
        })
    }

    /// Gives the lease up in order: waits for the node's commits in flight; later ones come back empty.
    pub async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        let left = sqlx::query(sql!("node/leave.sql")).bind(node).execute(&self.pool);
        self.answer(left).await.map(|_| ())
    }

    /// Declares a peer dead if its counter still is `counter_seen`: waits for its commits in flight, and
    /// later ones come back empty. False: it has moved since, or is not alive.
    pub async fn depose(&self, peer: NodeId, counter_seen: i64) -> Result<bool, StoreError> {
        let deposed = sqlx::query(sql!("node/depose.sql"))
            .bind(peer)
            .bind(counter_seen)
            .fetch_one(&self.pool);
        self.answer(deposed).await.map(|row| row.get("deposed"))
    }

    /// Takes at most `limit` executions of a node that left or is dead, oldest first. Empty: none is left that nobody
    /// else is claiming right now, or the claimer's own fence does not stand.
    pub async fn claim(
        &self,
        claimer: FenceRef,
        dead: NodeId,
        limit: i64,
    ) -> Result<Vec<ExecutionId>, StoreError> {
        let taken = sqlx::query(sql!("node/claim.sql"))
            .bind(claimer.node)
            .bind(claimer.lane)
            .bind(claimer.epoch)
            .bind(dead)
            .bind(limit)
            // Planned each time: rare, and the tables grow between one takeover and the next.
            .persistent(false)
            .fetch_all(&self.pool);
        let rows = self.answer(taken).await?;
        let mut ids: Vec<_> = rows.iter().map(|row| ExecutionId(row.get("id"))).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Removes the row of a node that left or is dead, once no execution names it. False: one still does.
    pub async fn forget(&self, dead: NodeId) -> Result<bool, StoreError> {
        let forgotten = sqlx::query(sql!("node/forget.sql")).bind(dead).execute(&self.pool);
        self.answer(forgotten).await.map(|done| done.rows_affected() == 1)
    }
}

/// None: the row that stands for "no peers".
fn peer(row: &PgRow) -> Option<Peer> {
    let id: Option<NodeId> = row.get("id");
    Some(Peer {
        id: id?,
        address: row.get("address"),
        counter: row.get("counter"),
        level: row.get("level"),
        state: match row.get("state") {
            "ALIVE" => PeerState::Alive,
            "LEFT" => PeerState::Left,
            "DEAD" => PeerState::Dead,
            other => unreachable!("the constraint node_state_is_known let {other:?} pass"),
        },
    })
}
