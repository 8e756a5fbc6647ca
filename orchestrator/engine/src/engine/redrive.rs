//! Opening an execution that has ended without success.

use execution::trigger::Redrive;
use execution::{ExecutionId, Redriven};

use super::Engine;
use crate::error::EngineError;

impl Engine {
    /// Answers once it runs again, durably. Of two callers at once one is refused, unless both bring the same token; and any
    /// where the namespace has `open_max` open executions.
    pub async fn redrive(
        &self,
        id: ExecutionId,
        client_token: Option<String>,
        open_max: Option<u64>,
    ) -> Result<Redriven, EngineError> {
        let redrive = Redrive { client_token, ..Redrive::default() };
        self.0.redriver.redrive(id, redrive, open_max).await
    }
}
