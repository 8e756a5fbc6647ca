//! The service `MapRuns`.

use everstep_proto::v1;
use everstep_proto::v1::map_runs_server::MapRuns;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl MapRuns for Face {
    async fn describe_map_run(
        &self,
        request: Request<v1::DescribeMapRunRequest>,
    ) -> Result<Response<v1::MapRun>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.describe_map_run(message)).await)
    }

    async fn list_map_runs(
        &self,
        request: Request<v1::ListMapRunsRequest>,
    ) -> Result<Response<v1::ListMapRunsResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_map_runs(message)).await)
    }

    async fn update_map_run(
        &self,
        request: Request<v1::UpdateMapRunRequest>,
    ) -> Result<Response<v1::UpdateMapRunResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.update_map_run(message)).await)
    }
}
