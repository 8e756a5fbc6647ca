//! `DescribeStateMachineAlias`.

use everstep_proto::v1;

use super::{Operations, alias};
use crate::errors::Refusal;

impl Operations {
    pub async fn describe_state_machine_alias(
        &self,
        request: v1::DescribeStateMachineAliasRequest,
    ) -> Result<v1::StateMachineAlias, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        let (machine, name) = self.alias_machine(&namespace, &request.state_machine_alias).await?;
        let found = self.engine.store().alias(machine.id, &name).await?;
        let found = found.ok_or_else(alias::not_found)?;
        Ok(alias::shown(&namespace, &machine.name, found))
    }
}
