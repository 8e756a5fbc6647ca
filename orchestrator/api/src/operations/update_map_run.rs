//! `UpdateMapRun`: other limits for a run that runs. What is not given stays.

use engine::EngineError;
use everstep_proto::v1;
use execution::event::MapRunLimits;
use execution::map_run::MapRunStatus;

use super::Operations;
use crate::check;
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn update_map_run(
        &self,
        request: v1::UpdateMapRunRequest,
    ) -> Result<v1::UpdateMapRunResponse, Refusal> {
        if let Some(share) = request.tolerated_failure_percentage {
            percentage(share)?;
        }
        let found = self.map_run(&request.namespace, &request.map_run).await?;
        let before = found.run.limits;
        let limits = MapRunLimits {
            max_concurrency: request.max_concurrency.unwrap_or(before.max_concurrency),
            tolerated_failure_count: request
                .tolerated_failure_count
                .or(before.tolerated_failure_count),
            tolerated_failure_percentage: request
                .tolerated_failure_percentage
                .or(before.tolerated_failure_percentage),
        };
        if found.run.status != MapRunStatus::Running {
            return Err(over(&request.map_run));
        }
        match self.engine.update_map_run(found.execution, found.run.wait, limits).await {
            Ok(()) => Ok(v1::UpdateMapRunResponse {}),
            // It ended between the look and the change.
            Err(EngineError::TaskOver | EngineError::ExecutionEnded) => Err(over(&request.map_run)),
            Err(refused) => Err(Refusal::of_execution(&found.execution_arn, refused)),
        }
    }
}

fn percentage(share: f64) -> Result<(), Refusal> {
    let (field, value) = ("tolerated_failure_percentage", format!("{share:?}"));
    if share > 100.0 {
        let must = "have value less than or equal to 100";
        return Err(check::constraint(field, Some(&value), must));
    }
    if share >= 0.0 {
        return Ok(());
    }
    Err(check::constraint(field, Some(&value), "have value greater than or equal to 0"))
}

fn over(arn: &str) -> Refusal {
    let message = format!("Map Run is not running: '{arn}'");
    Refusal::new(Reason::ValidationException, message).at("map_run")
}
