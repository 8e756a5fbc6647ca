//! The JSONata language, as AWS Step Functions speaks it: an [`Expression`] is compiled once for a definition, and
//! evaluated on the [`Frame`] of a state's visit.
//!
//! Pure: the instant and every random draw come with the evaluation's [`Env`]. The language itself is `jsonata-core`
//! (`vendor/`), which no other crate names; what an expression may cost is bounded here and there.

mod convert;
mod draw;
mod error;
mod expression;
mod frame;
mod functions;
mod reads;
mod steps;
mod words;

pub use draw::Draw;
pub use error::{CompileError, Error};
pub use expression::{Env, Expression};
pub use frame::Frame;
pub use steps::Steps;
