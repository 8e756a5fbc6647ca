//! `DeleteStateMachineAlias`: deleting what is not there is no fault.

use everstep_proto::v1;

use super::Operations;
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn delete_state_machine_alias(
        &self,
        request: v1::DeleteStateMachineAliasRequest,
    ) -> Result<v1::DeleteStateMachineAliasResponse, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        match self.alias_machine(&namespace, &request.state_machine_alias).await {
            Ok((machine, name)) => {
                self.engine.store().delete_alias(machine.id, &name).await?;
                self.engine.catalog().forget_machine(namespace.id, &machine.name);
            }
            Err(refusal) if refusal.reason == Reason::ResourceNotFound => {}
            Err(refusal) => return Err(refusal),
        }
        Ok(v1::DeleteStateMachineAliasResponse {})
    }
}
