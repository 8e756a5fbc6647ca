//! Choice rules: which condition holds for a payload.

use crate::context::Context;
use crate::error::EvalError;
use crate::machine::StateId;
use crate::payload::Payload;
use crate::states::Choice;

impl Choice {
    /// The next state: of the first rule that holds, else the default; `None` where there is neither.
    pub fn choose(&self, input: &Payload, context: &Context) -> Result<Option<StateId>, EvalError> {
        todo!()
    }
}
