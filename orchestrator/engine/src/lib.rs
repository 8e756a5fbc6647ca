//! Many executions on one node: collect triggers, decide, commit in one statement, perform.
//!
//! An execution lives on one node, in one lane, in memory; PostgreSQL says which. Nothing is visible before it is
//! durable: callers are answered, tasks handed out and watchers told after the commit, never before.

pub mod border;
pub mod catalog;
mod children;
mod clock;
pub mod config;
pub mod engine;
pub mod error;
mod lane;
mod map_runs;
mod node;
mod open_executions;
mod patience;
mod recovery;
mod redriver;
mod reply;
mod starter;
pub mod task_queue;
mod timers;
mod watchers;

pub use border::{Border, ChildCall, ChildRefused};
pub use catalog::{Catalog, Machine, Namespace, Qualifier};
pub use config::EngineConfig;
pub use engine::{Arns, Ended, Engine, MapRunsOf, Outcome, Readiness, Start, Started};
pub use error::EngineError;
pub use task_queue::{HandOut, Held, Session, SessionEvent, SessionOptions};
