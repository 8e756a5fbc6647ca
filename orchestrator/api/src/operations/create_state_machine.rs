//! `CreateStateMachine`: a name, a definition that was checked, and its first revision.

use everstep_proto::v1;
use store::{Creation, MachineStatus, MachineType, NewMachine, StoreError};

use super::lookup::machine_deleting;
use super::{Operations, definition, settings, tags};
use crate::errors::{Reason, Refusal};
use crate::limits::ROLE_ARN_LENGTH_MAX;
use crate::timestamps::timestamp;
use crate::{arn, check};

impl Operations {
    pub async fn create_state_machine(
        &self,
        request: v1::CreateStateMachineRequest,
    ) -> Result<v1::CreateStateMachineResponse, Refusal> {
        let machine_type = machine_type(request.r#type());
        let namespace = self.namespace(&request.namespace).await?;
        check::name("name", &request.name)?;
        check::length("role_arn", &request.role_arn, ROLE_ARN_LENGTH_MAX)?;
        let configuration = settings::configuration(request.configuration.unwrap_or_default())?;
        definition::check(machine_type, &request.definition).await?;
        let published = definition::published(request.publish, request.version_description)?;
        let state_machine_arn = arn::state_machine(&namespace, &request.name);
        let tags = tags::checked(&state_machine_arn, &request.tags)?;
        let new = NewMachine {
            namespace: namespace.id,
            name: request.name,
            machine_type,
            definition: request.definition,
            role_arn: request.role_arn,
            configuration,
            published,
            tags,
            machines_max: namespace.limits.state_machines,
        };
        let created = self.engine.store().create_machine(&new).await;
        let created = created.map_err(|error| match error {
            StoreError::Full => Refusal::too_many_machines(),
            error @ (StoreError::Unavailable(_)
            | StoreError::Schema(_)
            | StoreError::Configuration(_)
            | StoreError::Refused(_)) => error.into(),
        });
        let created: Creation<_> = created?;
        self.engine.catalog().forget_machine(namespace.id, &new.name);
        let (machine, same) = match created {
            Creation::Created(machine) | Creation::Same(machine) => (machine, true),
            Creation::Differs(machine) => (machine, false),
        };
        if machine.status == MachineStatus::Deleting {
            return Err(machine_deleting(&state_machine_arn));
        }
        if !same {
            let message = format!("State Machine Already Exists: '{state_machine_arn}'");
            return Err(Refusal::new(Reason::StateMachineAlreadyExists, message).at("name"));
        }
        let created_at = Some(timestamp(machine.created_at));
        let version = match new.published {
            Some(_) => self.engine.store().version_of(machine.revision.id).await?,
            None => None,
        };
        let state_machine_version_arn = definition::version_arn(&namespace, &machine.name, version);
        Ok(v1::CreateStateMachineResponse {
            state_machine_arn,
            created_at,
            state_machine_version_arn,
        })
    }
}

fn machine_type(asked: v1::StateMachineType) -> MachineType {
    match asked {
        v1::StateMachineType::Unspecified | v1::StateMachineType::Standard => MachineType::Standard,
        v1::StateMachineType::Express => MachineType::Express,
    }
}
