//! From names and ARNs to what they name.

use std::sync::Arc;

use engine::{Machine, Namespace};
use store::{ExecutionRow, MachineStatus, MachineType};
use uuid::Uuid;

use super::Operations;
use crate::errors::{Reason, Refusal};
use crate::{arn, check};

const DEFAULT_NAMESPACE: &str = "default";

/// An execution as a request named it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) namespace: Arc<Namespace>,
    pub(super) arn: String,
    pub(super) row: ExecutionRow,
}

impl Operations {
    /// One that the caller reaches. Every operation on what is in a namespace comes by here.
    pub(crate) async fn namespace(&self, name: &str) -> Result<Arc<Namespace>, Refusal> {
        let caller = self.caller();
        let own = caller.own_namespace().unwrap_or(DEFAULT_NAMESPACE);
        let name = if name.is_empty() { own } else { name };
        caller.reach(name)?;
        let found = self.engine.catalog().namespace(name).await?;
        found.ok_or_else(|| namespace_unknown(name))
    }

    /// The machine that executions start on: from memory.
    pub(super) async fn machine_to_start(
        &self,
        namespace: &Arc<Namespace>,
        text: &str,
    ) -> Result<Arc<Machine>, Refusal> {
        let name = machine_name(namespace, text)?;
        if let Some(machine) = self.engine.catalog().machine(namespace, name).await? {
            return Ok(machine);
        }
        // Off the hot path: the refusal tells a machine that is going from one that never was.
        self.machine_row(namespace, text).await?;
        Err(machine_deleting(&arn::state_machine(namespace, name)))
    }

    pub(crate) async fn machine_row(
        &self,
        namespace: &Namespace,
        text: &str,
    ) -> Result<store::Machine, Refusal> {
        let name = machine_name(namespace, text)?;
        let found = self.engine.store().machine_by_name(namespace.id, name).await?;
        found.ok_or_else(|| Refusal::machine_unknown(&arn::state_machine(namespace, name)))
    }

    /// A machine that may be changed: not one that is being deleted.
    pub(super) async fn machine_to_change(
        &self,
        namespace: &Namespace,
        text: &str,
    ) -> Result<store::Machine, Refusal> {
        let machine = self.machine_row(namespace, text).await?;
        match machine.status {
            MachineStatus::Active => Ok(machine),
            MachineStatus::Deleting | MachineStatus::Deleted => {
                Err(machine_deleting(&arn::state_machine(namespace, &machine.name)))
            }
        }
    }

    pub(super) async fn execution(&self, namespace: &str, arn: &str) -> Result<Found, Refusal> {
        let namespace = self.namespace(namespace).await?;
        if arn.is_empty() {
            return Err(check::missing("execution"));
        }
        let row = if arn::is_express(arn) {
            self.express_row(&namespace, arn).await?
        } else {
            let (machine, name) = arn::parse_execution(&namespace, arn)
                .map_err(|error| Refusal::arn("execution", &error))?;
            let row = self.execution_row(&namespace, machine, name).await?;
            row.filter(|row| row.machine_type == MachineType::Standard)
        };
        let row = row.ok_or_else(|| Refusal::execution_unknown(arn))?;
        Ok(Found { arn: arn.to_owned(), namespace, row })
    }

    async fn express_row(
        &self,
        namespace: &Namespace,
        arn: &str,
    ) -> Result<Option<ExecutionRow>, Refusal> {
        let (machine, name, id) = arn::parse_express(namespace, arn)
            .map_err(|error| Refusal::arn("execution", &error))?;
        let row = self.engine.store().execution(id).await?;
        Ok(row.filter(|row| {
            row.namespace == namespace.id
                && row.machine_type == MachineType::Express
                && row.machine_name == machine
                && row.name == name
        }))
    }

    /// Of the machine that has the name now, or of one that had it and is deleted. A name that was not chosen is the id itself.
    async fn execution_row(
        &self,
        namespace: &Namespace,
        machine: &str,
        name: &str,
    ) -> Result<Option<ExecutionRow>, Refusal> {
        let store = self.engine.store();
        if let Ok(id) = Uuid::parse_str(name) {
            let row = store.execution(execution::ExecutionId(id)).await?;
            let row = row.filter(|row| {
                row.namespace == namespace.id && row.machine_name == machine && row.name == name
            });
            if row.is_some() {
                return Ok(row);
            }
        }
        if let Some(standing) = store.machine_by_name(namespace.id, machine).await?
            && let Some(row) = store.execution_by_name(standing.id, name).await?
        {
            return Ok(Some(row));
        }
        for deleted in store.deleted_machines(namespace.id, machine).await? {
            if let Some(row) = store.execution_by_name(deleted, name).await? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

pub(super) fn namespace_unknown(name: &str) -> Refusal {
    let message = format!("Namespace Does Not Exist: '{name}'");
    Refusal::new(Reason::NamespaceDoesNotExist, message).at("namespace")
}

pub(super) fn machine_deleting(arn: &str) -> Refusal {
    let message = format!("State Machine is being deleted: '{arn}'");
    Refusal::new(Reason::StateMachineDeleting, message)
}

/// A machine by its ARN or its name.
pub(crate) fn machine_name<'a>(namespace: &Namespace, text: &'a str) -> Result<&'a str, Refusal> {
    const FIELD: &str = "state_machine";
    if text.is_empty() {
        return Err(check::missing(FIELD));
    }
    if arn::is_arn(text) {
        return arn::parse_state_machine(namespace, text)
            .map_err(|error| Refusal::arn(FIELD, &error));
    }
    check::name(FIELD, text)?;
    Ok(text)
}
