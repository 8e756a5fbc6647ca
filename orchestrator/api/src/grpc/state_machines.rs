//! The service `StateMachines`.

use everstep_proto::v1;
use everstep_proto::v1::state_machines_server::StateMachines;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl StateMachines for Face {
    async fn create_state_machine(
        &self,
        request: Request<v1::CreateStateMachineRequest>,
    ) -> Result<Response<v1::CreateStateMachineResponse>, Status> {
        let (patience, message) = split(request);
        let operation = Box::pin(self.0.create_state_machine(message));
        response(self.0.answer(patience, operation).await)
    }

    async fn update_state_machine(
        &self,
        request: Request<v1::UpdateStateMachineRequest>,
    ) -> Result<Response<v1::UpdateStateMachineResponse>, Status> {
        let (patience, message) = split(request);
        let operation = Box::pin(self.0.update_state_machine(message));
        response(self.0.answer(patience, operation).await)
    }

    async fn describe_state_machine(
        &self,
        request: Request<v1::DescribeStateMachineRequest>,
    ) -> Result<Response<v1::StateMachine>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.describe_state_machine(message)).await)
    }

    async fn describe_state_machine_for_execution(
        &self,
        request: Request<v1::DescribeStateMachineForExecutionRequest>,
    ) -> Result<Response<v1::StateMachine>, Status> {
        let (patience, message) = split(request);
        let operation = self.0.describe_state_machine_for_execution(message);
        response(self.0.answer(patience, operation).await)
    }

    async fn list_state_machines(
        &self,
        request: Request<v1::ListStateMachinesRequest>,
    ) -> Result<Response<v1::ListStateMachinesResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_state_machines(message)).await)
    }

    async fn delete_state_machine(
        &self,
        request: Request<v1::DeleteStateMachineRequest>,
    ) -> Result<Response<v1::DeleteStateMachineResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.delete_state_machine(message)).await)
    }

    async fn validate_state_machine_definition(
        &self,
        request: Request<v1::ValidateStateMachineDefinitionRequest>,
    ) -> Result<Response<v1::ValidateStateMachineDefinitionResponse>, Status> {
        // Asks nobody: it is answered on any node, ready or not.
        let (_, message) = split(request);
        response(self.0.validate_state_machine_definition(message).await)
    }

    async fn test_state(
        &self,
        request: Request<v1::TestStateRequest>,
    ) -> Result<Response<v1::TestStateResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.test_state(patience, message).await)
    }
}
