//! One execution: what a trigger makes of it ([`Execution::process`]) and how its events fold into its state
//! ([`Execution::apply`]). Sync and pure: time and the seed of randomness are arguments; nothing waits here.
//!
//! History is the state. An [`Execution`] in memory is a fold over its [`Event`]s and nothing else, so
//! recovery is `apply` alone and never evaluates an expression.

pub mod codec;
pub mod event;
mod execution;
pub mod history;
pub mod id;
pub mod trigger;
pub mod wait;

pub use event::{Event, EventKind};
pub use execution::{Decision, Execution, Refusal, Status};
pub use id::{BranchId, ExecutionId, Seq, WaitId};
pub use trigger::Trigger;
