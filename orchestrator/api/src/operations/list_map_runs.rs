//! `ListMapRuns`: the map runs of one execution, newest first.

use everstep_proto::v1;
use execution::map_run::MapRun;

use super::Operations;
use crate::errors::Refusal;
use crate::page::{self, Query};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn list_map_runs(
        &self,
        request: v1::ListMapRunsRequest,
    ) -> Result<v1::ListMapRunsResponse, Refusal> {
        let size = page::size(request.max_results)? as usize;
        let found = self.execution(&request.namespace, &request.execution).await?;
        let query = Query { seal: &self.seal, text: format!("map runs: {}", found.row.id) };
        let before = query.number(&request.next_token)?.unwrap_or(u64::MAX);
        let runs = self.engine.map_runs(found.row.id).await?.map(|runs| runs.runs);
        let mut runs: Vec<MapRun> = runs.unwrap_or_default();
        runs.retain(|run| run.wait.0 < before);
        runs.reverse();
        let more = runs.len() > size;
        runs.truncate(size);
        let last = runs.last().filter(|_| more);
        let next_token =
            last.map_or_else(String::new, |run| query.token(&run.wait.0.to_be_bytes()));
        let map_runs = runs.iter().map(|run| item(&found.arn, run)).collect();
        Ok(v1::ListMapRunsResponse { map_runs, next_token })
    }
}

fn item(execution_arn: &str, run: &MapRun) -> v1::list_map_runs_response::Item {
    let arn = &run.started.arn;
    // …:mapRun:MACHINE/LABEL:ID
    let of_machine = arn.rsplit_once(':').map_or(&**arn, |(rest, _)| rest);
    v1::list_map_runs_response::Item {
        map_run_arn: arn.to_string(),
        execution_arn: execution_arn.to_owned(),
        state_machine_arn: of_machine.replacen(":mapRun:", ":stateMachine:", 1),
        started_at: Some(timestamp(run.started_at)),
        stopped_at: run.ended_at.map(timestamp),
    }
}
