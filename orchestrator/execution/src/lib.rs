//! One execution: what a trigger makes of it ([`Execution::process`]) and how its events fold into its state
//! ([`Execution::apply`]). Sync and pure: time and the seed of randomness are arguments; nothing waits here.
//!
//! History is the state. An [`Execution`] in memory is a fold over its [`Event`]s and nothing else, so
//! recovery is `apply` alone and never evaluates an expression.

pub mod event;
pub mod express;
pub mod id;
pub mod message;
pub mod trigger;

mod execution;

mod apply;
mod branch;
mod decide;
mod draft;
mod instant;
pub mod map_run;
mod redrive;
mod states;
mod variables;

pub mod codec;
pub mod history;
pub mod simulated;
pub mod test_state;
pub mod wait;

pub use event::{Event, EventKind};
pub use execution::{
    Decision, Execution, Outside, PAYLOAD_BYTES_MAX, Refusal, Status, TRANSITIONS_MAX, Tokens,
};
pub use id::{BranchId, ExecutionId, PublicId, Seq, WaitId};
pub use message::{Message, Outgoing};
pub use redrive::Redriven;
pub use trigger::Trigger;
pub use variables::VARIABLE_BYTES_MAX;
