//! The service `Versions`.

use everstep_proto::v1;
use everstep_proto::v1::versions_server::Versions;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl Versions for Face {
    async fn publish_state_machine_version(
        &self,
        request: Request<v1::PublishStateMachineVersionRequest>,
    ) -> Result<Response<v1::PublishStateMachineVersionResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.publish_state_machine_version(message)).await)
    }

    async fn list_state_machine_versions(
        &self,
        request: Request<v1::ListStateMachineVersionsRequest>,
    ) -> Result<Response<v1::ListStateMachineVersionsResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_state_machine_versions(message)).await)
    }

    async fn delete_state_machine_version(
        &self,
        request: Request<v1::DeleteStateMachineVersionRequest>,
    ) -> Result<Response<v1::DeleteStateMachineVersionResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.delete_state_machine_version(message)).await)
    }

    async fn create_state_machine_alias(
        &self,
        request: Request<v1::CreateStateMachineAliasRequest>,
    ) -> Result<Response<v1::CreateStateMachineAliasResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.create_state_machine_alias(message)).await)
    }

    async fn update_state_machine_alias(
        &self,
        request: Request<v1::UpdateStateMachineAliasRequest>,
    ) -> Result<Response<v1::UpdateStateMachineAliasResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.update_state_machine_alias(message)).await)
    }

    async fn describe_state_machine_alias(
        &self,
        request: Request<v1::DescribeStateMachineAliasRequest>,
    ) -> Result<Response<v1::StateMachineAlias>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.describe_state_machine_alias(message)).await)
    }

    async fn list_state_machine_aliases(
        &self,
        request: Request<v1::ListStateMachineAliasesRequest>,
    ) -> Result<Response<v1::ListStateMachineAliasesResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_state_machine_aliases(message)).await)
    }

    async fn delete_state_machine_alias(
        &self,
        request: Request<v1::DeleteStateMachineAliasRequest>,
    ) -> Result<Response<v1::DeleteStateMachineAliasResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.delete_state_machine_alias(message)).await)
    }
}
