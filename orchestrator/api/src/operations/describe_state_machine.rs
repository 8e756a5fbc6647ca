//! `DescribeStateMachine`: the machine at its newest revision.

use engine::Namespace;
use everstep_proto::v1;
use store::{Machine, MachineStatus, MachineType, Revision};

use super::{Operations, settings};
use crate::arn;
use crate::errors::Refusal;
use crate::timestamps::timestamp;

impl Operations {
    pub async fn describe_state_machine(
        &self,
        request: v1::DescribeStateMachineRequest,
    ) -> Result<v1::StateMachine, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        let machine = self.machine_row(&namespace, &request.state_machine).await?;
        Ok(self.shown(&namespace, machine))
    }

    /// The machine at the revision that it carries.
    pub(super) fn shown(&self, namespace: &Namespace, machine: Machine) -> v1::StateMachine {
        v1::StateMachine {
            variable_references: self.variable_references(&machine.revision),
            state_machine_arn: arn::state_machine(namespace, &machine.name),
            name: machine.name,
            r#type: machine_type(machine.machine_type).into(),
            status: status(machine.status).into(),
            created_at: Some(timestamp(machine.created_at)),
            updated_at: Some(timestamp(machine.updated_at)),
            revision_id: revision_id(&machine.revision),
            definition: machine.revision.definition,
            role_arn: machine.revision.role_arn,
            configuration: Some(settings::shown(machine.revision.configuration)),
        }
    }
}

/// Empty for the revision that the machine was created with, as AWS has it.
pub(super) fn revision_id(revision: &Revision) -> String {
    if revision.number == 1 { String::new() } else { revision.public_id.to_string() }
}

pub(super) fn machine_type(machine_type: MachineType) -> v1::StateMachineType {
    match machine_type {
        MachineType::Standard => v1::StateMachineType::Standard,
        MachineType::Express => v1::StateMachineType::Express,
    }
}

fn status(status: MachineStatus) -> v1::StateMachineStatus {
    match status {
        MachineStatus::Active => v1::StateMachineStatus::Active,
        MachineStatus::Deleting | MachineStatus::Deleted => v1::StateMachineStatus::Deleting,
    }
}
