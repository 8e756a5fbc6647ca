//! The data flow of a state: what a path sees, and the fields that select, replace and place payloads.

use chrono::{DateTime, Utc};

use crate::context::Context;
use crate::error::EvalError;
use crate::machine::DataPath;
use crate::payload::Payload;
use crate::states::{Number, ResultPath, WaitFor};

/// What a path sees: `$` is `input`, `$$` is `context`. Neither is parsed before a path looks inside.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub input: &'a Payload,
    pub context: &'a Context,
}

impl<'a> Scope<'a> {
    pub fn new(input: &'a Payload, context: &'a Context) -> Self {
        Self { input, context }
    }
}

impl DataPath {
    /// `InputPath` and `OutputPath`; `field` is which of them, for the cause of an error.
    pub fn apply(&self, payload: &Payload, context: &Context) -> Result<Payload, EvalError> {
        todo!()
    }
}

impl ResultPath {
    /// The state's input with its result in place.
    pub fn place(&self, input: &Payload, result: Payload) -> Result<Payload, EvalError> {
        todo!()
    }
}

impl Number<u64> {
    /// `field` is the one that holds the number (`MaxConcurrencyPath`), for the cause of an error.
    pub fn resolve(
        &self,
        input: &Payload,
        context: &Context,
        field: &'static str,
    ) -> Result<u64, EvalError> {
        todo!()
    }
}

impl Number<f64> {
    pub fn resolve(
        &self,
        input: &Payload,
        context: &Context,
        field: &'static str,
    ) -> Result<f64, EvalError> {
        todo!()
    }
}

impl WaitFor {
    /// When the wait is over. May lie in the past.
    pub fn until(
        &self,
        entered_at: DateTime<Utc>,
        input: &Payload,
        context: &Context,
    ) -> Result<DateTime<Utc>, EvalError> {
        todo!()
    }
}
