//! `DescribeStateMachine`: the machine at its newest revision, or one of its versions.

use engine::{Namespace, Qualifier};
use everstep_proto::v1;
use store::{Machine, MachineStatus, MachineType, Revision};

use super::labelled::{self, Wanted};
use super::lookup::machine_or_labelled;
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
        let (name, qualifier) = machine_or_labelled(&namespace, &request.state_machine)?;
        match qualifier {
            Qualifier::Newest if labelled::split(name).is_some() => {
                self.shown_labelled(&namespace, name).await
            }
            Qualifier::Newest => {
                let machine = self.machine_row(&namespace, name).await?;
                Ok(self.shown(&namespace, machine))
            }
            Qualifier::Version(number) => self.shown_version(&namespace, name, number).await,
            Qualifier::Alias(alias) => {
                Err(Refusal::machine_unknown(&arn::alias(&namespace, name, &alias)))
            }
        }
    }

    async fn shown_version(
        &self,
        namespace: &Namespace,
        name: &str,
        number: i64,
    ) -> Result<v1::StateMachine, Refusal> {
        let (machine, version) = self.version_row(namespace, name, number).await?;
        let state_machine_arn = arn::version(namespace, name, number);
        let revision = self.engine.store().revision(version.revision).await?;
        let revision = revision.ok_or_else(|| Refusal::machine_unknown(&state_machine_arn))?;
        let updated_at = revision.created_at;
        let created_at = version.created_at;
        let shown = self.shown(namespace, Machine { revision, updated_at, created_at, ..machine });
        Ok(v1::StateMachine { state_machine_arn, description: version.description, ..shown })
    }

    /// The machine of a Distributed Map's children.
    async fn shown_labelled(
        &self,
        namespace: &Namespace,
        name: &str,
    ) -> Result<v1::StateMachine, Refusal> {
        let unknown = || Refusal::machine_unknown(&arn::state_machine(namespace, name));
        let (machine, label) = labelled::split(name).ok_or_else(unknown)?;
        let machine = self.machine_row(namespace, machine).await.map_err(|_| unknown())?;
        let wanted = Wanted::Label(label);
        let processor = labelled::processor(&machine.revision.definition, wanted);
        let processor = processor.ok_or_else(unknown)?;
        let shown = self.shown(namespace, machine);
        Ok(processor.shown(namespace, shown, label))
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
            description: String::new(),
            label: String::new(),
            map_run_arn: String::new(),
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
