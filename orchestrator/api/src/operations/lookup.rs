//! From names and ARNs to what they name.

use std::sync::Arc;

use engine::{Machine, Namespace, Qualifier};
use execution::{Event, EventKind, codec};
use store::{ExecutionRow, HistoryFrom, HistoryPage, MachineId, MachineStatus, MachineType};
use uuid::Uuid;

use super::{Operations, labelled};
use crate::arn::ArnError;
use crate::errors::{Reason, Refusal};
use crate::{arn, check};

const DEFAULT_NAMESPACE: &str = "default";

/// An execution as a request named it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) namespace: Arc<Namespace>,
    pub(super) arn: String,
    /// As the ARN has it: of a map run's child with the run's label behind a slash.
    pub(super) machine: String,
    pub(super) row: ExecutionRow,
}

impl Found {
    pub(super) fn machine_arn(&self) -> String {
        arn::state_machine(&self.namespace, &self.machine)
    }

    /// Of a map run's child.
    pub(super) fn map_run_arn(&self) -> Option<String> {
        let run = self.row.of_map_run?.run;
        Some(arn::map_run(&self.namespace, &self.machine, run))
    }
}

impl Operations {
    /// One that the caller reaches, and whose rate has room for one more request. Every operation on what is in a namespace comes by
    /// here, once.
    pub(crate) async fn namespace(&self, name: &str) -> Result<Arc<Namespace>, Refusal> {
        let namespace = self.namespace_reached(name).await?;
        if !self.is_admitted {
            self.throttle.admit(&namespace)?;
        }
        Ok(namespace)
    }

    /// The same of a poll, which is not counted.
    pub(crate) async fn namespace_reached(&self, name: &str) -> Result<Arc<Namespace>, Refusal> {
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
        let (name, qualifier) = machine_qualified(namespace, text)?;
        let catalog = self.engine.catalog();
        if let Some(machine) = catalog.machine_to_start(namespace, name, &qualifier).await? {
            return Ok(machine);
        }
        // Off the hot path: the refusal tells a machine that is going from one that never was.
        let unqualified = arn::state_machine(namespace, name);
        match self.engine.store().machine_by_name(namespace.id, name).await? {
            Some(found) if found.status == MachineStatus::Active => {
                Err(Refusal::machine_unknown(&arn_of(namespace, name, &qualifier)))
            }
            Some(_) => Err(machine_deleting(&unqualified)),
            None => Err(Refusal::machine_unknown(&arn_of(namespace, name, &qualifier))),
        }
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

    /// A version that stands, with its machine.
    pub(super) async fn version_row(
        &self,
        namespace: &Namespace,
        name: &str,
        number: i64,
    ) -> Result<(store::Machine, store::Version), Refusal> {
        let unknown = || Refusal::machine_unknown(&arn::version(namespace, name, number));
        let store = self.engine.store();
        let machine = store.machine_by_name(namespace.id, name).await?.ok_or_else(unknown)?;
        let version = store.machine_version(machine.id, number).await?.ok_or_else(unknown)?;
        Ok((machine, version))
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
        let child = arn::parse_child(&namespace, arn);
        let row = if let Some((_, name)) = child {
            self.child_row(&namespace, arn, name).await?
        } else if arn::is_express(arn) {
            self.express_row(&namespace, arn).await?
        } else {
            let (machine, name) = arn::parse_execution(&namespace, arn)
                .map_err(|error| Refusal::arn("execution", &error))?;
            let row = self.execution_row(&namespace, machine, name).await?;
            row.filter(|row| row.machine_type == MachineType::Standard)
        };
        let row = row.ok_or_else(|| Refusal::execution_unknown(arn))?;
        let machine = child.map_or(row.machine_name.as_str(), |(machine, _)| machine).to_owned();
        Ok(Found { arn: arn.to_owned(), machine, namespace, row })
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
                row.namespace == namespace.id
                    && row.machine_name == machine
                    && row.name == name
                    && row.of_map_run.is_none()
            });
            if row.is_some() {
                return Ok(row);
            }
        }
        if let Some(standing) = store.machine_by_name(namespace.id, machine).await?
            && let Some(row) = self.named_row(standing.id, name).await?
        {
            return Ok(Some(row));
        }
        for deleted in store.deleted_machines(namespace.id, machine).await? {
            if let Some(row) = self.named_row(deleted, name).await? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// A map run's child has another ARN.
    async fn named_row(
        &self,
        machine: MachineId,
        name: &str,
    ) -> Result<Option<ExecutionRow>, Refusal> {
        let row = self.engine.store().execution_by_name(machine, name).await?;
        Ok(row.filter(|row| row.of_map_run.is_none()))
    }

    /// A map run's child: named by its id. The run's label, which its ARN holds too, stands in its own history.
    async fn child_row(
        &self,
        namespace: &Namespace,
        arn: &str,
        name: &str,
    ) -> Result<Option<ExecutionRow>, Refusal> {
        let Ok(id) = Uuid::parse_str(name) else { return Ok(None) };
        let store = self.engine.store();
        let row = store.execution(execution::ExecutionId(id)).await?;
        let is_child =
            |row: &ExecutionRow| row.namespace == namespace.id && row.of_map_run.is_some();
        let Some(row) = row.filter(is_child) else { return Ok(None) };
        let page = HistoryPage { rows_max: 1, bytes_max: u64::MAX >> 1 };
        let first = store.history_rows(row.id, HistoryFrom::After { seq: 0 }, page).await?;
        let events = first.first().and_then(|row| codec::decode(row.format, &row.events).ok());
        let first = events.and_then(|events| events.into_iter().next());
        let is_named = |event: &Event| matches!(&event.kind, EventKind::ExecutionStarted(started) if started.execution_arn == arn);
        Ok(first.as_ref().is_some_and(is_named).then_some(row))
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

/// A machine itself, by its ARN or its name: a version's or an alias's is no machine's.
pub(crate) fn machine_name<'a>(namespace: &Namespace, text: &'a str) -> Result<&'a str, Refusal> {
    match machine_qualified(namespace, text)? {
        (name, Qualifier::Newest) => Ok(name),
        (name, qualifier) => Err(Refusal::machine_unknown(&arn_of(namespace, name, &qualifier))),
    }
}

/// A machine, a version or an alias, by its ARN or as `name`, `name:number` or `name:alias`.
pub(crate) fn machine_qualified<'a>(
    namespace: &Namespace,
    text: &'a str,
) -> Result<(&'a str, Qualifier), Refusal> {
    let (name, qualifier) = machine_or_labelled(namespace, text)?;
    match labelled::split(name) {
        None => Ok((name, qualifier)),
        Some(_) => Err(labelled::refused(text)),
    }
}

/// The same, or the machine of a Distributed Map's children by its ARN.
pub(super) fn machine_or_labelled<'a>(
    namespace: &Namespace,
    text: &'a str,
) -> Result<(&'a str, Qualifier), Refusal> {
    qualified(namespace, "state_machine", text)
}

pub(super) fn qualified<'a>(
    namespace: &Namespace,
    field: &'static str,
    text: &'a str,
) -> Result<(&'a str, Qualifier), Refusal> {
    if text.is_empty() {
        return Err(check::missing(field));
    }
    let is_arn = arn::is_arn(text);
    let named = if is_arn {
        arn::parse_state_machine(namespace, text).map_err(|error| Refusal::arn(field, &error))?
    } else {
        text
    };
    let (name, qualifier) = match named.split_once(':') {
        None => (named, Qualifier::Newest),
        Some((_, qualifier)) if is_arn && qualifier.contains(':') => {
            return Err(Refusal::arn(field, &ArnError::TooLong(text.to_owned())));
        }
        Some((_, qualifier)) if qualifier.is_empty() || qualifier.contains(':') => {
            return Err(check::name(field, text).err().unwrap_or_else(|| check::missing(field)));
        }
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A number that is too large is no version's either.
            (name, Qualifier::Version(number.parse().unwrap_or(i64::MAX)))
        }
        Some((name, alias)) => (name, Qualifier::Alias(alias.to_owned())),
    };
    if !is_arn {
        check::name(field, name)?;
    }
    Ok((name, qualifier))
}

/// What a text named that was taken apart.
pub(crate) fn arn_of(namespace: &Namespace, name: &str, qualifier: &Qualifier) -> String {
    match qualifier {
        Qualifier::Newest => arn::state_machine(namespace, name),
        Qualifier::Version(number) => arn::version(namespace, name, *number),
        Qualifier::Alias(alias) => arn::alias(namespace, name, alias),
    }
}
