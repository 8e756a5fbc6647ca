//! The service `Activities`.

use everstep_proto::v1;
use everstep_proto::v1::activities_server::Activities;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl Activities for Face {
    async fn create_activity(
        &self,
        request: Request<v1::CreateActivityRequest>,
    ) -> Result<Response<v1::CreateActivityResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.create_activity(message)).await)
    }

    async fn describe_activity(
        &self,
        request: Request<v1::DescribeActivityRequest>,
    ) -> Result<Response<v1::Activity>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.describe_activity(message)).await)
    }

    async fn list_activities(
        &self,
        request: Request<v1::ListActivitiesRequest>,
    ) -> Result<Response<v1::ListActivitiesResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_activities(message)).await)
    }

    async fn delete_activity(
        &self,
        request: Request<v1::DeleteActivityRequest>,
    ) -> Result<Response<v1::DeleteActivityResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.delete_activity(message)).await)
    }
}
