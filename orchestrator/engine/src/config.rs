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
    /// Shown to the other nodes and to operators.
    pub address: String,
}
