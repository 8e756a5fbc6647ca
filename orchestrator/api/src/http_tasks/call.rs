//! One HTTP task from its hand-out to its outcome.

use std::time::Duration;

use asl::Payload;
use engine::{Engine, EngineError, HandOut, Outcome};
use execution::event::Failure;
use http_task::{Client, Connection, Credentials, Invocation};
use store::StoreError;
use vault::Vault;

use super::belongs_to;
use crate::arn;

/// While PostgreSQL is away, a connection is looked for again after so long.
const AWAY: Duration = Duration::from_millis(500);
/// A call keeps its task alive so many times within each of its heartbeats.
const BEATS_PER_HEARTBEAT: u32 = 3;

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) engine: Engine,
    pub(super) client: Client,
    pub(super) vault: Vault,
}

/// A connection that was opened, and the name of this version of it.
struct Opened {
    connection: Connection,
    version: String,
}

/// What a task fails with where the fault is Everstep's own.
pub(super) fn bug() -> Failure {
    Failure::new("States.Runtime", "The call ended by a fault of Everstep; its log says more.")
}

impl Desk {
    pub(super) async fn serve(&self, task: HandOut) {
        let called = async {
            tokio::select! {
                called = self.call(&task) => called,
                never = self.keep_alive(&task) => match never {},
            }
        };
        let outcome = match Box::pin(called).await {
            Ok(result) => Outcome::Succeeded(result),
            Err(failure) => {
                let http_task::Failure { error, cause } = failure;
                tracing::debug!(execution = %task.execution_arn, state = %task.state, error, "an HTTP task failed");
                Outcome::Failed(Failure::new(error, cause))
            }
        };
        self.report(&task, outcome).await;
    }

    async fn call(&self, task: &HandOut) -> Result<Payload, http_task::Failure> {
        let invocation = Invocation::read(task.input.value())?;
        let opened = match invocation.connection() {
            Some(arn) => Some(self.open(task, arn).await?),
            None => None,
        };
        let credentials = opened
            .as_ref()
            .map(|it| Credentials { connection: &it.connection, version: &it.version });
        let agent = format!("Everstep|HttpInvoke|{}", arn::region_of(&task.execution_arn));
        let result = self.client.invoke(&invocation, credentials, &agent).await?;
        Ok(Payload::trusted(result))
    }

    async fn open(&self, task: &HandOut, arn: &str) -> Result<Opened, http_task::Failure> {
        let unknown = || http_task::Failure::connection_unknown(arn);
        let name = arn::parse_connection(arn).map_err(|_| unknown())?;
        let row = loop {
            match self.engine.store().connection_by_name(task.namespace, name).await {
                Ok(row) => break row.ok_or_else(unknown)?,
                Err(StoreError::Unavailable(_)) => tokio::time::sleep(AWAY).await,
                Err(error) => {
                    return Err(http_task::Failure::connection_sealed(&error.to_string()));
                }
            }
        };
        let sealed = |why: String| {
            let cause = format!("Connection '{name}' can't be opened: {why}");
            http_task::Failure::connection_sealed(&cause)
        };
        let belongs_to = belongs_to(row.namespace, &row.name, row.public_id);
        let text = self.vault.open(&belongs_to, &row.parameters.sealed);
        let text = text.map_err(|fault| sealed(fault.to_string()))?;
        let connection =
            Connection::from_sealed_text(&text).map_err(|fault| sealed(fault.to_string()))?;
        Ok(Opened { connection, version: format!("{} {}", row.public_id, row.version) })
    }

    /// Beats as long as the call takes, where the state asks for heartbeats.
    async fn keep_alive(&self, task: &HandOut) -> std::convert::Infallible {
        let Some(heartbeat) = task.heartbeat else { return std::future::pending().await };
        loop {
            tokio::time::sleep(heartbeat / BEATS_PER_HEARTBEAT).await;
            // An attempt that is over is cancelled through the session.
            let _ = self.engine.heartbeat(task.id, task.wait).await;
        }
    }

    /// Until the outcome is durable, or another one is.
    async fn report(&self, task: &HandOut, outcome: Outcome) {
        loop {
            match self.engine.report(task.id, task.wait, outcome.clone()).await {
                Err(
                    EngineError::Unavailable { retry_after, .. }
                    | EngineError::Exhausted { retry_after, .. },
                ) => tokio::time::sleep(retry_after).await,
                Err(error @ EngineError::Refused { .. }) => {
                    tracing::warn!(execution = %task.execution_arn, %error, "an HTTP task's outcome was refused");
                    return;
                }
                Ok(())
                | Err(
                    EngineError::TaskOver
                    | EngineError::UnknownExecution
                    | EngineError::ExecutionEnded
                    | EngineError::ExecutionAlreadyExists { .. }
                    | EngineError::NotRedrivable { .. }
                    | EngineError::HistoryFull,
                ) => return,
            }
        }
    }
}
