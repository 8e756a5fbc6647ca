//! One HTTP task from its hand-out to its outcome.

use std::time::Duration;

use asl::Payload;
use engine::{Engine, EngineError, HandOut, Outcome};
use execution::event::Failure;

use super::connected::{ConnectedClient, NotReady};
use crate::arn;

/// While PostgreSQL is away, a connection is looked for again after so long.
const AWAY: Duration = Duration::from_millis(500);
/// A call keeps its task alive so many times within each of its heartbeats.
const BEATS_PER_HEARTBEAT: u32 = 3;

#[derive(Debug)]
pub(super) struct Desk {
    pub(super) engine: Engine,
    pub(super) client: ConnectedClient,
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
        let region = arn::region_of(&task.execution_arn);
        let call = loop {
            match self.client.ready(task.namespace, task.input.value(), region).await {
                Ok(call) => break call,
                Err(NotReady::Failed(failure)) => return Err(failure),
                Err(NotReady::Away(_)) => tokio::time::sleep(AWAY).await,
            }
        };
        self.client.invoke(&call).await
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
                    | EngineError::HistoryFull
                    | EngineError::TooManyOpen,
                ) => return,
            }
        }
    }
}
