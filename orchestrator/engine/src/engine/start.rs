//! Starting an execution.

use std::sync::Arc;
use std::time::Duration;

use asl::Payload;
use chrono::{DateTime, SubsecRound, Utc};
use execution::event::Settings;
use execution::id::Home;
use execution::{ExecutionId, trigger};
use sha2::{Digest, Sha256};
use store::{ChosenName, ExecutionStatus, NewExecution, home_of_name};

use super::{Ended, Engine};
use crate::catalog::Machine;
use crate::error::EngineError;
use crate::lane::{Mail, StartMail, StartOutcome};
use crate::reply::Reply;

/// From an execution's name to `(execution ARN, state machine ARN)`.
pub type Arns = Box<dyn FnOnce(&str) -> (String, String) + Send>;

pub struct Start {
    pub machine: Arc<Machine>,
    /// `None`: the execution's id is its name.
    pub name: Option<String>,
    pub input: Payload,
    /// The api floor's.
    pub arns: Arns,
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

impl Engine {
    /// Answers once the start is durable. The same name and input while the first one runs: that one.
    pub async fn start(&self, start: Start) -> Result<Started, EngineError> {
        self.begin(start, None).await
    }

    /// Starts and waits for the end, at most `wait`; `None`: it still runs.
    pub async fn start_and_wait(
        &self,
        start: Start,
        wait: Duration,
    ) -> Result<(Started, Option<Ended>), EngineError> {
        let waiting = tokio::time::Instant::now() + wait;
        let (end, ended) = Reply::channel();
        let started = self.begin(start, Some(end)).await?;
        if let Ok(Ok(Ok(ended))) = tokio::time::timeout_at(waiting, ended).await {
            return Ok((started, Some(ended)));
        }
        // The name was another's, or the lane lost track: the history knows.
        let left = waiting.saturating_duration_since(tokio::time::Instant::now());
        let ended = self.wait_for_end(started.id, left).await?;
        Ok((started, ended))
    }

    async fn begin(&self, start: Start, end: Option<Reply<Ended>>) -> Result<Started, EngineError> {
        let machine = Arc::clone(&start.machine);
        let chosen = start
            .name
            .clone()
            .map(|name| ChosenName { name, input_hash: Sha256::digest(start.input.text()).into() });
        let (reply, outcome) = Reply::channel();
        let mail = self.start_mail(start, chosen.clone(), reply, end);
        self.post(mail.id, Mail::Start(Box::new(mail)));
        match super::received(outcome).await? {
            StartOutcome::Started(started) => Ok(started),
            StartOutcome::NameTaken => {
                let chosen = chosen.expect("only a chosen name can be taken");
                self.bearer(&machine, &chosen).await
            }
        }
    }

    /// The execution that bears the name: the answer to a repeated start, or the reason to refuse this one.
    async fn bearer(&self, machine: &Machine, chosen: &ChosenName) -> Result<Started, EngineError> {
        let row = self.0.store.execution_by_name(machine.id, &chosen.name).await?;
        let row = row.ok_or_else(|| EngineError::unavailable("the name has just been given up"))?;
        let same = row.status == ExecutionStatus::Running
            && row.input_hash.as_ref() == Some(&chosen.input_hash);
        if !same {
            return Err(EngineError::ExecutionAlreadyExists { execution: row.id });
        }
        Ok(Started { id: row.id, name: row.name, started_at: row.started_at })
    }

    fn draw_home(&self, random: u128) -> Home {
        let home = random % u128::from(self.0.homes.unsigned_abs());
        Home(i16::try_from(home).expect("less than the number of homes"))
    }

    fn start_mail(
        &self,
        start: Start,
        chosen: Option<ChosenName>,
        reply: Reply<StartOutcome>,
        end: Option<Reply<Ended>>,
    ) -> StartMail {
        let Start { machine, name, input, arns } = start;
        let started_at = self.now().trunc_subsecs(3);
        let random = uuid::Uuid::new_v4().as_u128();
        let home = match &name {
            Some(name) => home_of_name(machine.id, name, self.0.homes),
            None => self.draw_home(random),
        };
        let id = ExecutionId::new(started_at, home, random >> 16);
        let name = name.unwrap_or_else(|| id.to_string());
        let (execution_arn, machine_arn) = arns(&name);
        let namespace = &machine.namespace;
        let trigger = Box::new(trigger::Start {
            name: name.clone(),
            execution_arn: execution_arn.clone(),
            machine_arn,
            machine_name: machine.name.clone(),
            role_arn: machine.role_arn.clone(),
            settings: Settings {
                default_task_timeout_seconds: Some(namespace.task_timeout_seconds),
                payload_bytes_max: namespace.payload_bytes_max,
            },
            input,
            processor: None,
        });
        StartMail {
            id,
            new: NewExecution {
                id,
                machine: machine.id,
                revision: machine.revision,
                chosen,
                started_at,
            },
            machine: Arc::clone(&machine.definition),
            namespace: namespace.id,
            arn: execution_arn.into(),
            trigger,
            reply,
            started: Started { id, name, started_at },
            end,
        }
    }
}
