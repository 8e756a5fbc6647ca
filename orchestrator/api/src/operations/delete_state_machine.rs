//! `DeleteStateMachine`: takes no new executions from now on; gone once none runs, its versions, aliases and tags at once. Deleting what is not there is no fault.

use engine::Qualifier;
use everstep_proto::v1;

use super::Operations;
use super::lookup::machine_qualified;
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn delete_state_machine(
        &self,
        request: v1::DeleteStateMachineRequest,
    ) -> Result<v1::DeleteStateMachineResponse, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        if machine_qualified(&namespace, &request.state_machine)?.1 != Qualifier::Newest {
            let message = format!(
                "A version or an alias is not deleted with DeleteStateMachine: '{}'",
                request.state_machine
            );
            return Err(Refusal::new(Reason::ValidationException, message).at("state_machine"));
        }
        match self.machine_row(&namespace, &request.state_machine).await {
            Ok(machine) => {
                self.engine.store().delete_machine(machine.id).await?;
                self.engine.catalog().forget_machine(namespace.id, &machine.name);
            }
            Err(refusal) if refusal.reason == Reason::StateMachineDoesNotExist => {}
            Err(refusal) => return Err(refusal),
        }
        Ok(v1::DeleteStateMachineResponse {})
    }
}
