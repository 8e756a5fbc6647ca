//! Amazon States Language: text in, a checked [`StateMachine`] out, and the evaluation of its data flow.
//!
//! Pure: no clock, no randomness, no I/O. Time, identifiers and the seed of every random draw are arguments.
//! A `StateMachine` is valid because it exists: [`StateMachine::parse`] is the only way to make one, and
//! it reports all faults of a definition at once.

pub mod machine;
pub mod states;
pub mod retry;
pub mod resource;
pub mod payload;
pub mod context;
pub mod error;

pub use context::Context;
pub use error::{EvalError, names};
pub use machine::{Flow, QueryLanguage, State, StateId, StateKind, StateMachine, Transition};
pub use payload::{Payload, PayloadError};
