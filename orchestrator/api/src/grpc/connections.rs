//! The service `Connections`.

use everstep_proto::v1;
use everstep_proto::v1::connections_server::Connections;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl Connections for Face {
    async fn create_connection(
        &self,
        request: Request<v1::CreateConnectionRequest>,
    ) -> Result<Response<v1::Connection>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.create_connection(message)).await)
    }

    async fn update_connection(
        &self,
        request: Request<v1::UpdateConnectionRequest>,
    ) -> Result<Response<v1::Connection>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.update_connection(message)).await)
    }

    async fn describe_connection(
        &self,
        request: Request<v1::DescribeConnectionRequest>,
    ) -> Result<Response<v1::Connection>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.describe_connection(message)).await)
    }

    async fn list_connections(
        &self,
        request: Request<v1::ListConnectionsRequest>,
    ) -> Result<Response<v1::ListConnectionsResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_connections(message)).await)
    }

    async fn delete_connection(
        &self,
        request: Request<v1::DeleteConnectionRequest>,
    ) -> Result<Response<v1::DeleteConnectionResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.delete_connection(message)).await)
    }
}
