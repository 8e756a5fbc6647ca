//! `DescribeMapRun`: how far a Distributed Map has come, and what it is limited to.

use everstep_proto::v1;

use super::{Operations, map_run};
use crate::errors::Refusal;

impl Operations {
    pub async fn describe_map_run(
        &self,
        request: v1::DescribeMapRunRequest,
    ) -> Result<v1::MapRun, Refusal> {
        let found = self.map_run(&request.namespace, &request.map_run).await?;
        Ok(map_run::shown(found.execution_arn, &found.run))
    }
}
