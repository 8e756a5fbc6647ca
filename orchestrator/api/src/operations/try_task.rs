//! The Task of a state that is tested without a mock: a worker that polls its queue does the work, as part of an execution in
//! memory of which nothing is written.

use std::sync::Arc;
use std::time::Duration;

use asl::{Payload, StateMachine};
use engine::{Machine, Namespace, Start};
use execution::Status;
use execution::event::Failure;
use execution::express::{Keeps, SECONDS_MAX};
use execution::test_state::{Identity, Work};
use serde_json::{Value, json};
use store::{MachineId, RevisionId};
use tokio::time::{Instant, sleep};

use super::Operations;
use super::test_state::MACHINE;
use crate::errors::{Reason, Refusal};

/// For a worker between two polls to come back.
const POLLED_WITHIN: Duration = Duration::from_secs(5);
const LOOKED_AT_EVERY: Duration = Duration::from_millis(100);

impl Operations {
    /// What the worker made of it, within the state's own limits and AWS's five minutes.
    pub(super) async fn try_task(
        &self,
        namespace: &Arc<Namespace>,
        work: &Work,
        identity: &Identity,
    ) -> Result<Result<Payload, Failure>, Refusal> {
        self.await_poller(namespace, &work.queue).await?;
        let arns = (identity.execution_arn.clone(), identity.machine_arn.clone());
        let machine = Arc::new(machine(namespace, work)?);
        let input = work.parameters.clone();
        let start = Start::new(machine, None, input, Box::new(move |_, _| arns));
        let ended = self.engine.try_out(start).await?;
        Ok(match ended.status {
            Status::Succeeded => Ok(ended.output.unwrap_or_else(|| Payload::trusted("null"))),
            Status::TimedOut => {
                Err(Failure { error: Some("States.Timeout".to_owned()), cause: None })
            }
            Status::Running | Status::Failed | Status::Aborted => Err(ended.failure),
        })
    }

    /// Nobody waits for a worker that is not there.
    async fn await_poller(&self, namespace: &Namespace, queue: &str) -> Result<(), Refusal> {
        let until = Instant::now() + POLLED_WITHIN;
        while self.engine.pollers(namespace.id, queue) == 0 {
            if Instant::now() >= until {
                let message = format!(
                    "no worker polls the queue '{queue}' now: start one, or give a mock with the task's result or its errorOutput"
                );
                return Err(Refusal::new(Reason::ValidationException, message).at("mock"));
            }
            sleep(LOOKED_AT_EVERY).await;
        }
        Ok(())
    }
}

/// Of the Task alone, whose input is what its parameters came to. Its failures are its own: they are retried and caught by the
/// state that is tested.
fn machine(namespace: &Arc<Namespace>, work: &Work) -> Result<Machine, Refusal> {
    let timeout = work.timeout_seconds.unwrap_or(SECONDS_MAX).min(SECONDS_MAX);
    let mut task = json!({ "Type": "Task", "Resource": *work.resource, "TimeoutSeconds": timeout, "End": true });
    if let Some(parameters) = parameters(work) {
        task["Parameters"] = parameters;
    }
    if let Some(heartbeat) = work.heartbeat_seconds.filter(|heartbeat| *heartbeat < timeout) {
        task["HeartbeatSeconds"] = heartbeat.into();
    }
    let definition = json!({ "StartAt": *work.state, "States": { &*work.state: task } });
    let definition = StateMachine::parse(&definition.to_string()).map_err(|faults| {
        let why = faults.first().map(ToString::to_string).unwrap_or_default();
        let message = format!("the task needs a mock, for it cannot be run alone: {why}");
        Refusal::new(Reason::ValidationException, message).at("mock")
    })?;
    Ok(Machine {
        // It is nowhere stored.
        id: MachineId(0),
        revision: RevisionId(0),
        namespace: Arc::clone(namespace),
        name: MACHINE.to_owned(),
        role_arn: String::new(),
        definition: Arc::new(definition),
        express: Some(Keeps::Nothing),
        version: None,
        alias: None,
    })
}

/// A service's call has its parameters in the definition: some must stand there. They are what they are, and no template. Other
/// work has its input whole.
fn parameters(work: &Work) -> Option<Value> {
    let parameters = work.parameters.value();
    let is_service = work.resource.contains(":::") && parameters.is_object();
    (is_service && !has_references(parameters)).then(|| parameters.clone())
}

/// Fields that a template would compute.
fn has_references(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.ends_with(".$") || has_references(value))
        }
        Value::Array(items) => items.iter().any(has_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
