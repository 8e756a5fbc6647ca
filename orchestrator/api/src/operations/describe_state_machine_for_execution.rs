//! `DescribeStateMachineForExecution`: the machine as the execution began with it.

use everstep_proto::v1;
use store::{Machine, MachineId, RevisionId};

use super::Operations;
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn describe_state_machine_for_execution(
        &self,
        request: v1::DescribeStateMachineForExecutionRequest,
    ) -> Result<v1::StateMachine, Refusal> {
        let found = self.execution(&request.namespace, &request.execution).await?;
        let machine = self.machine_at(found.row.machine, found.row.revision).await?;
        Ok(self.shown(&found.namespace, machine))
    }

    /// Neither is ever taken away while an execution names it.
    async fn machine_at(
        &self,
        machine: MachineId,
        revision: RevisionId,
    ) -> Result<Machine, Refusal> {
        let store = self.engine.store();
        let (machine, revision) = (store.machine(machine).await?, store.revision(revision).await?);
        let (Some(machine), Some(revision)) = (machine, revision) else {
            let message = "the revision that the execution began with is missing from the database";
            return Err(Refusal::new(Reason::InternalServerError, message));
        };
        Ok(Machine { updated_at: revision.created_at, revision, ..machine })
    }
}
