//! The service `Namespaces`.

use everstep_proto::v1;
use everstep_proto::v1::namespaces_server::Namespaces;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl Namespaces for Face {
    async fn create_namespace(
        &self,
        request: Request<v1::CreateNamespaceRequest>,
    ) -> Result<Response<v1::Namespace>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.create_namespace(message)).await)
    }

    async fn update_namespace(
        &self,
        request: Request<v1::UpdateNamespaceRequest>,
    ) -> Result<Response<v1::Namespace>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.update_namespace(message)).await)
    }

    async fn describe_namespace(
        &self,
        request: Request<v1::DescribeNamespaceRequest>,
    ) -> Result<Response<v1::Namespace>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.describe_namespace(message)).await)
    }

    async fn list_namespaces(
        &self,
        request: Request<v1::ListNamespacesRequest>,
    ) -> Result<Response<v1::ListNamespacesResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_namespaces(message)).await)
    }
}
