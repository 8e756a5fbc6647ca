//! The engine's settings, each with its default and the reason for it.

use std::time::Duration;

#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Lanes that decide and commit side by side. Default: one per core.
    pub lanes: i16,
    /// A node whose counter has not moved for so long is deposed. Default 2 s: the largest part of a takeover's 3 s.
    pub lease_ttl: Duration,
    /// How often the counter is raised. Default a fifth of `lease_ttl`.
    pub heartbeat_interval: Duration,
    /// Triggers decided and committed together, at most. Default 256: beyond it a row's price falls no further.
    pub batch_triggers_max: usize,
    /// Bytes of events in one commit, at most; a single trigger may exceed it. Default 4 MiB.
    pub batch_bytes_max: usize,
    /// Triggers that wait for a lane. Default 16,384; beyond it callers are told to come back.
    pub mailbox_max: usize,
    /// A hand-out that nobody has acknowledged for so long is offered again. Default 5 s.
    pub handout_ack: Duration,
    /// After a recovery, started tasks that nobody announced for so long are offered again. Default 10 s:
    /// longer than a worker's longest pause between two attempts to reconnect.
    pub announce_grace: Duration,
    /// Executions in memory, per lane. Default 100,000.
    pub residents_max: usize,
    /// Where Distributed Maps read their items and write their results. Default: nowhere.
    pub objects: objects::Objects,
    /// Shown to the other nodes and to operators.
    pub address: String,
}

impl Default for EngineConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            lanes: i16::try_from(cores).unwrap_or(i16::MAX).min(LANES_MAX),
            lease_ttl: Duration::from_secs(2),
            heartbeat_interval: Duration::from_millis(400),
            batch_triggers_max: 256,
            batch_bytes_max: 4 << 20,
            mailbox_max: 16_384,
            handout_ack: Duration::from_secs(5),
            announce_grace: Duration::from_secs(10),
            residents_max: 100_000,
            objects: objects::Objects::default(),
            address: String::new(),
        }
    }
}

/// Each lane is a connection of its own, and a commit that shares its fsync with fewer triggers.
const LANES_MAX: i16 = 32;
