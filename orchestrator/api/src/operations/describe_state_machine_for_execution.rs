//! `DescribeStateMachineForExecution`: the machine as the execution began with it.

use everstep_proto::v1;
use store::{Machine, MachineId, RevisionId};

use super::Operations;
use super::labelled::{self, Wanted};
use super::lookup::Found;
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn describe_state_machine_for_execution(
        &self,
        request: v1::DescribeStateMachineForExecutionRequest,
    ) -> Result<v1::StateMachine, Refusal> {
        let found = self.execution(&request.namespace, &request.execution).await?;
        let machine = self.machine_at(found.row.machine, found.row.revision).await?;
        let shown = self.shown(&found.namespace, machine);
        match found.map_run_arn() {
            None => Ok(shown),
            Some(map_run_arn) => self.of_child(&found, map_run_arn, shown).await,
        }
    }

    /// A map run's child began with the item processor of its Map.
    async fn of_child(
        &self,
        found: &Found,
        map_run_arn: String,
        machine: v1::StateMachine,
    ) -> Result<v1::StateMachine, Refusal> {
        let run = self.find_map_run(&found.namespace, &map_run_arn).await?;
        let wanted = Wanted::State(&run.started.state);
        let Some(processor) = labelled::processor(&machine.definition, wanted) else {
            let message = "the Map that the execution is of is missing from its definition";
            return Err(Refusal::new(Reason::InternalServerError, message));
        };
        let shown = processor.shown(&found.namespace, machine, &run.started.label);
        Ok(v1::StateMachine { map_run_arn, ..shown })
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
