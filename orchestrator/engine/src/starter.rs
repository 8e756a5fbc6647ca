//! Starting executions: for callers, and for tasks whose call the orchestrator makes itself.

use std::sync::Arc;

use asl::Payload;
use chrono::{DateTime, SubsecRound, Utc};
use execution::ExecutionId;
use execution::event::{Parent, Settings, StartedBy};
use execution::id::Home;
use execution::trigger::{self, Processor};
use sha2::{Digest, Sha256};
use store::{
    ChosenName, ExecutionRow, ExecutionStatus, NewExecution, OfMapRun, Store, home_of_name,
};

use crate::catalog::Machine;
use crate::engine::Ended;
use crate::error::EngineError;
use crate::lane::{Lanes, Mail, StartMail, StartOutcome, Surroundings};
use crate::reply::{Reply, received};

/// From an execution's name and id to `(execution ARN, state machine ARN)`.
pub type Arns = Box<dyn FnOnce(&str, ExecutionId) -> (String, String) + Send>;

pub struct Start {
    pub machine: Arc<Machine>,
    /// `None`: the execution's id is its name.
    pub name: Option<String>,
    pub input: Payload,
    /// The api floor's.
    pub arns: Arns,
    /// Kept for the caller.
    pub trace_header: Option<String>,
    /// Set where a task starts it.
    pub(crate) child: Option<ChildStart>,
    pub(crate) waits: Waits,
}

/// What the caller waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// The start, to be durable.
    Start,
    /// The end of an Express execution, with which its start is written.
    End,
    /// The end of a trial, an Express execution that is never written.
    Trial,
}

impl Start {
    pub fn new(machine: Arc<Machine>, name: Option<String>, input: Payload, arns: Arns) -> Self {
        let trace_header = None;
        Self { machine, name, input, arns, trace_header, child: None, waits: Waits::Start }
    }
}

/// A start that may be asked for twice.
#[derive(Debug)]
pub(crate) struct ChildStart {
    /// The same whenever it is asked; its home is the parent's, unless a name decides it.
    pub(crate) id: ExecutionId,
    pub(crate) parent: Parent,
    pub(crate) of_run: Option<MapRunChild>,
}

/// What a map run's child has that another child has not.
#[derive(Debug)]
pub(crate) struct MapRunChild {
    pub(crate) run: uuid::Uuid,
    pub(crate) items: u64,
    pub(crate) label: Arc<str>,
    pub(crate) processor: Processor,
}

impl std::fmt::Debug for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Start").field("name", &self.name).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone)]
pub struct Started {
    pub id: ExecutionId,
    pub name: String,
    pub started_at: DateTime<Utc>,
}

impl From<ExecutionRow> for Started {
    fn from(row: ExecutionRow) -> Self {
        Self { id: row.id, name: row.name, started_at: row.started_at }
    }
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Starter {
    pub(crate) store: Store,
    pub(crate) around: Surroundings,
    pub(crate) homes: i16,
}

impl Starter {
    /// Answers once the start is durable. The same name and input while the first one runs: that one.
    pub(crate) async fn begin(
        &self,
        start: Start,
        end: Option<Reply<Ended>>,
        post: impl FnOnce(&Lanes, ExecutionId, Mail),
    ) -> Result<Started, EngineError> {
        let machine = Arc::clone(&start.machine);
        let chosen = start
            .name
            .clone()
            .map(|name| ChosenName { name, input_hash: input_hash(&machine, &start.input) });
        let (reply, outcome) = Reply::channel();
        let mail = self.start_mail(start, chosen.clone(), reply, end);
        post(&self.around.lanes, mail.id, Mail::Start(Box::new(mail)));
        match (received(outcome).await, chosen) {
            (Ok(StartOutcome::Started(started)), _) => Ok(started),
            (Ok(StartOutcome::NameTaken), chosen) => {
                let chosen = chosen.expect("only a chosen name can be taken");
                let bearer = self.bearer(&machine, &chosen).await?;
                bearer.ok_or_else(|| EngineError::unavailable("the name has just been given up"))
            }
            // A start that is only repeated opens nothing.
            (Err(full @ EngineError::TooManyOpen), Some(chosen)) => {
                self.bearer(&machine, &chosen).await?.ok_or(full)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The id that an execution will have: a chosen name decides its home, unless others may bear it.
    pub(crate) fn placed(
        &self,
        machine: &Machine,
        name: Option<&str>,
        id: ExecutionId,
    ) -> ExecutionId {
        match name {
            Some(name) if machine.express.is_none() => {
                id.at_home(home_of_name(machine.id, name, self.homes))
            }
            Some(_) | None => id,
        }
    }

    /// The execution that bears the name: the answer to a repeated start, or the reason to refuse this one.
    /// `None`: none does.
    async fn bearer(
        &self,
        machine: &Machine,
        chosen: &ChosenName,
    ) -> Result<Option<Started>, EngineError> {
        let row = self.store.execution_by_name(machine.id, &chosen.name).await?;
        let Some(row) = row else { return Ok(None) };
        let same = row.status == ExecutionStatus::Running && row.input_hash == chosen.input_hash;
        if !same {
            return Err(EngineError::ExecutionAlreadyExists { execution: row.id });
        }
        Ok(Some(row.into()))
    }

    fn draw_id(&self, machine: &Machine, name: Option<&str>) -> ExecutionId {
        let random = uuid::Uuid::new_v4().as_u128();
        let home = random % u128::from(self.homes.unsigned_abs());
        let home = Home(i16::try_from(home).expect("less than the number of homes"));
        let id = ExecutionId::new(self.around.clock.now(), home, random >> 16);
        self.placed(machine, name, id)
    }

    fn start_mail(
        &self,
        start: Start,
        chosen: Option<ChosenName>,
        reply: Reply<StartOutcome>,
        end: Option<Reply<Ended>>,
    ) -> StartMail {
        let Start { machine, name, input, arns, trace_header, child, waits } = start;
        let id = match &child {
            Some(child) => self.placed(&machine, name.as_deref(), child.id),
            None => self.draw_id(&machine, name.as_deref()),
        };
        let started_at = id.made_at().trunc_subsecs(3);
        let name = name.unwrap_or_else(|| id.to_string());
        let (execution_arn, machine_arn) = arns(&name, id);
        let namespace = &machine.namespace;
        let (parent, of_run) = child.map_or((None, None), |it| (Some(it.parent), it.of_run));
        // What an execution starts is counted, and not refused.
        let open_max = namespace.limits.open_executions.filter(|_| parent.is_none());
        let of_map_run = of_run.as_ref().map(|child| OfMapRun {
            run: child.run,
            items: i32::try_from(child.items).unwrap_or(i32::MAX),
        });
        let machine_name = of_run.as_ref().map_or_else(
            || machine.name.clone(),
            |child| format!("{}/{}", machine.name, child.label),
        );
        let trigger = Box::new(trigger::Start {
            name: name.clone(),
            execution_arn: execution_arn.clone(),
            started_by: started_by(&machine, &machine_arn, trace_header),
            machine_arn,
            machine_name,
            role_arn: machine.role_arn.clone(),
            settings: Settings {
                default_task_timeout_seconds: Some(namespace.task_timeout_seconds),
                payload_bytes_max: namespace.payload_bytes_max,
                history_events_max: namespace.limits.history_events,
            },
            parent,
            input,
            // A map run's children have a type of their own.
            express: machine.express.filter(|_| of_run.is_none()),
            processor: of_run.map(|child| child.processor),
        });
        let new = NewExecution {
            id,
            machine: machine.id,
            revision: machine.revision,
            chosen,
            of_map_run,
            version: machine.version,
            alias: machine.alias.clone(),
            started_at,
        };
        StartMail {
            id,
            new,
            machine: Arc::clone(&machine.definition),
            namespace: namespace.id,
            arn: execution_arn.into(),
            trigger,
            reply,
            started: Started { id, name, started_at },
            waits,
            end,
            open_max,
        }
    }
}

/// `None`: an Express execution shares its name with any number of others.
fn input_hash(machine: &Machine, input: &Payload) -> Option<[u8; 32]> {
    machine.express.is_none().then(|| Sha256::digest(input.text()).into())
}

fn started_by(machine: &Machine, machine_arn: &str, trace_header: Option<String>) -> StartedBy {
    let below = |qualifier: &dyn std::fmt::Display| format!("{machine_arn}:{qualifier}");
    StartedBy {
        version_arn: machine.version.map(|number| below(&number)),
        alias_arn: machine.alias.as_ref().map(|name| below(name)),
        trace_header,
    }
}
