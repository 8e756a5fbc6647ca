//! `everstep start`: starts an execution, and waits for its end if asked to.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use everstep_proto::v1::{
    Execution, ExecutionStatus, StartExecutionAndWaitRequest, StartExecutionRequest,
};
use serde_json::json;

use super::{execution, input};
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::config::duration;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

/// How much longer than the wait itself the call may take.
const ANSWER_TIME: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The state machine's name or ARN
    machine: String,
    /// The input as JSON text
    #[arg(long, value_name = "JSON", default_value = "{}", conflicts_with = "input_file")]
    input: String,
    /// A file with the input; `-` reads standard input
    #[arg(long, value_name = "PATH")]
    input_file: Option<PathBuf>,
    /// The execution's name: 1 to 80 characters. The same name and input again answers with the same execution. Not given: a UUID
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// Wait for the end, at most so long (30s if no duration is given): exit code 1 if it does not succeed until then
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "30s", value_parser = duration::parse)]
    wait: Option<Duration>,
    #[command(flatten)]
    client: ClientSettings,
}

impl Start {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let request = StartExecutionRequest {
            namespace: client.namespace.clone(),
            state_machine: self.machine,
            name: self.name,
            input: match &self.input_file {
                Some(path) => input::read(path)?,
                None => self.input,
            },
            ..StartExecutionRequest::default()
        };
        match self.wait {
            None => start(&client, request, format).await,
            Some(wait) => start_and_wait(&client, request, wait, format).await,
        }
    }
}

async fn start(
    client: &Client,
    request: StartExecutionRequest,
    format: Format,
) -> Result<Answer, CommandError> {
    let started = client.call(client.executions().start_execution(client.request(request))).await?;
    match format {
        Format::Text => output::line(&started.execution_arn),
        Format::Json => output::document(&json!({
            "executionArn": started.execution_arn,
            "startedAt": output::iso(started.started_at),
        })),
    }
    Ok(Answer::Positive)
}

async fn start_and_wait(
    client: &Client,
    request: StartExecutionRequest,
    wait: Duration,
    format: Format,
) -> Result<Answer, CommandError> {
    let request = StartExecutionAndWaitRequest {
        start: Some(request),
        wait: Some(wait.try_into().map_err(|_| CommandError::usage("--wait is too long"))?),
    };
    let request = client.request_within(request, wait + ANSWER_TIME);
    let ended = client.call(client.executions().start_execution_and_wait(request)).await?;
    show(&ended, format);
    Ok(answer_of(ended.status()))
}

fn show(ended: &Execution, format: Format) {
    match format {
        Format::Text => output::write(&execution::text(ended)),
        Format::Json => output::document(&execution::document(ended)),
    }
}

/// Only success is a positive answer to who waited for the end.
pub(super) fn answer_of(status: ExecutionStatus) -> Answer {
    if status == ExecutionStatus::Succeeded { Answer::Positive } else { Answer::Negative }
}
