//! A private PostgreSQL: found on this machine, made in a folder, reachable through a unix socket alone.
//! For `everstep dev` (durable, kept between runs) and for tests ([`ScratchCluster`]). Nothing here knows a schema.

mod binaries;
mod cluster;
mod error;
mod folder;
mod scratch;
mod user;
mod watchdog;
mod wire;

pub use binaries::Binaries;
pub use cluster::{Cluster, ClusterOptions, Durability, StopMode};
pub use error::ClusterError;
pub use folder::check_reachable;
pub use scratch::ScratchCluster;
