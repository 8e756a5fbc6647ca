//! Amazon States Language: text in, a checked [`StateMachine`] out, and the evaluation of its data flow.
//!
//! Pure: no clock, no randomness, no I/O. Time, identifiers and the seed of every random draw are arguments.
//! A `StateMachine` is valid because it exists: [`StateMachine::parse`] is the only way to make one, and
//! it reports all faults of a definition at once.

mod check;
mod condition;
pub mod context;
pub mod dataflow;
pub mod diagnostic;
pub mod error;
mod expression;
mod intrinsic;
pub mod machine;
mod number;
pub mod path;
pub mod payload;
pub mod resource;
pub mod retry;
mod seen;
pub mod states;
pub mod template;
pub mod timestamp;
pub mod variables;

pub use context::Context;
pub use dataflow::Scope;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use error::{EvalError, names};
pub use expression::Expression;
pub use intrinsic::names as intrinsics;
pub use jsonata::{Draw, Steps};
pub use machine::{
    Flow, MachineType, QueryLanguage, State, StateId, StateKind, StateMachine, Transition,
};
pub use payload::{Payload, PayloadError};
pub use variables::{Assignment, Variables};
