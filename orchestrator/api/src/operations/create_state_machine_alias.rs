//! `CreateStateMachineAlias`: a name for one or two versions of the machine that they are of.

use everstep_proto::v1;
use store::{Creation, NewAlias};

use super::{Operations, alias};
use crate::arn;
use crate::errors::{Reason, Refusal};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn create_state_machine_alias(
        &self,
        request: v1::CreateStateMachineAliasRequest,
    ) -> Result<v1::CreateStateMachineAliasResponse, Refusal> {
        let v1::CreateStateMachineAliasRequest { name, description, .. } = request;
        alias::check_name(&name)?;
        alias::check_description(&description)?;
        let namespace = self.namespace(&request.namespace).await?;
        let routing = alias::routing(&namespace, &request.routing_configuration)?;
        let store = self.engine.store();
        let machine = store.machine_by_name(namespace.id, routing.machine).await?;
        let machine = machine.ok_or_else(alias::not_found)?;
        let max = namespace.limits.aliases;
        let new = NewAlias { machine: machine.id, name, description, routes: routing.routes, max };
        let answer = store.create_alias(&new).await?;
        self.engine.catalog().forget_machine(namespace.id, &machine.name);
        let created = match alias::answered(&namespace, &machine.name, answer)? {
            Creation::Created(alias) | Creation::Same(alias) => alias,
            Creation::Differs(_) => {
                let message = "Failed to create alias because an alias with the same name and a \
                               different routing configuration already exists.";
                return Err(Refusal::new(Reason::ConflictException, message).at("name"));
            }
        };
        Ok(v1::CreateStateMachineAliasResponse {
            state_machine_alias_arn: arn::alias(&namespace, &machine.name, &created.name),
            created_at: Some(timestamp(created.created_at)),
        })
    }
}
