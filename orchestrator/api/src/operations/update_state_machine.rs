//! `UpdateStateMachine`: a new revision. Executions that run keep theirs.

use everstep_proto::v1;
use store::{MachineChange, MachineUpdate};

use super::{Operations, definition, settings};
use crate::errors::{Reason, Refusal};
use crate::limits::ROLE_ARN_LENGTH_MAX;
use crate::timestamps::timestamp;
use crate::{arn, check};

impl Operations {
    pub async fn update_state_machine(
        &self,
        request: v1::UpdateStateMachineRequest,
    ) -> Result<v1::UpdateStateMachineResponse, Refusal> {
        let v1::UpdateStateMachineRequest { definition, role_arn, configuration, .. } = request;
        if definition.is_none() && role_arn.is_none() && configuration.is_none() {
            let message = "Either the definition, the role ARN, the LoggingConfiguration, \
                           or the TracingConfiguration must be specified";
            return Err(Refusal::new(Reason::MissingRequiredParameter, message));
        }
        let namespace = self.namespace(&request.namespace).await?;
        let machine = self.machine_to_change(&namespace, &request.state_machine).await?;
        if let Some(role_arn) = &role_arn {
            check::length("role_arn", role_arn, ROLE_ARN_LENGTH_MAX)?;
        }
        let configuration = configuration.map(settings::configuration).transpose()?;
        if let Some(definition) = &definition {
            definition::check(machine.machine_type, definition).await?;
        }
        let published = definition::published(request.publish, request.version_description)?;
        let versions_max = namespace.limits.versions;
        let change = MachineChange { definition, role_arn, configuration, published, versions_max };
        let updated = self.engine.store().update_machine(machine.id, &change).await?;
        self.engine.catalog().forget_machine(namespace.id, &machine.name);
        let Some(MachineUpdate { machine, revised, version }) = updated else {
            let arn = arn::state_machine(&namespace, &machine.name);
            return Err(Refusal::machine_unknown(&arn));
        };
        let revision = Some(machine.revision).filter(|_| revised);
        Ok(v1::UpdateStateMachineResponse {
            updated_at: Some(timestamp(machine.updated_at)),
            revision_id: revision.map(|it| it.public_id.to_string()).unwrap_or_default(),
            state_machine_version_arn: definition::version_arn(&namespace, &machine.name, version),
        })
    }
}
