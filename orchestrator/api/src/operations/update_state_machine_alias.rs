//! `UpdateStateMachineAlias`: other routes or another description. Starts count it from now on.

use everstep_proto::v1;
use store::AliasChange;

use super::{Operations, alias};
use crate::errors::{Reason, Refusal};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn update_state_machine_alias(
        &self,
        request: v1::UpdateStateMachineAliasRequest,
    ) -> Result<v1::UpdateStateMachineAliasResponse, Refusal> {
        let given = &request.routing_configuration;
        if request.description.is_none() && given.is_empty() {
            let message = "Either the description or the routing configuration must be specified";
            return Err(Refusal::new(Reason::ValidationException, message));
        }
        if let Some(description) = &request.description {
            alias::check_description(description)?;
        }
        let namespace = self.namespace(&request.namespace).await?;
        let (machine, name) = self.alias_machine(&namespace, &request.state_machine_alias).await?;
        let routes = if given.is_empty() {
            None
        } else {
            let routing = alias::routing(&namespace, given)?;
            if routing.machine != machine.name {
                let message =
                    "Routing configuration must contain versions of the alias's state machine.";
                return Err(
                    Refusal::new(Reason::ValidationException, message).at("routing_configuration")
                );
            }
            Some(routing.routes)
        };
        let change = AliasChange { description: request.description, routes };
        let answer = self.engine.store().update_alias(machine.id, &name, &change).await?;
        self.engine.catalog().forget_machine(namespace.id, &machine.name);
        let updated = alias::answered(&namespace, &machine.name, answer)?;
        let updated_at = Some(timestamp(updated.updated_at));
        Ok(v1::UpdateStateMachineAliasResponse { updated_at })
    }
}
