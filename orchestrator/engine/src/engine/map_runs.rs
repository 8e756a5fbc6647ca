//! Map runs of an execution: what describe and list show, and what an operator may change.

use execution::event::MapRunLimits;
use execution::map_run::MapRun;
use execution::trigger::MapRunReport;
use execution::{ExecutionId, Trigger, WaitId};

use super::Engine;
use crate::error::EngineError;
use crate::lane::Mail;
use crate::recovery::read_back;

impl Engine {
    /// Every run of the execution, ended ones too, as its history tells. A read of the whole history.
    pub async fn map_runs(&self, id: ExecutionId) -> Result<Vec<MapRun>, EngineError> {
        let read = read_back(&self.0.store, &self.0.catalog, id).await?;
        let resident = read.ok_or(EngineError::UnknownExecution)?;
        Ok(resident.execution.map_runs().cloned().collect())
    }

    /// Answers once the change is durable. `TaskOver`: the run has ended.
    pub async fn update_map_run(
        &self,
        id: ExecutionId,
        wait: WaitId,
        limits: MapRunLimits,
    ) -> Result<(), EngineError> {
        let trigger = Trigger::MapRun { wait, report: MapRunReport::Update { limits } };
        let updated = self.ask(id, |reply| Mail::Report { id, trigger, reply }).await;
        self.explain(id, updated).await
    }
}
