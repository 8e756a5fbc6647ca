//! `everstep stop`: ends an execution as ABORTED.

use clap::Args;
use everstep_proto::v1::StopExecutionRequest;
use serde_json::json;

use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Stop {
    /// The execution's ARN, or MACHINE/NAME
    execution: String,
    /// The error that the history shows
    #[arg(long)]
    error: Option<String>,
    /// The cause that the history shows
    #[arg(long)]
    cause: Option<String>,
    #[command(flatten)]
    client: ClientSettings,
}

impl Stop {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let execution = client.execution_arn(&self.execution).await?;
        let request = StopExecutionRequest {
            execution,
            error: self.error,
            cause: self.cause,
            namespace: client.namespace.clone(),
        };
        let stopped =
            client.call(client.executions().stop_execution(client.request(request))).await?;
        let stopped_at = output::iso(stopped.stopped_at);
        match format {
            Format::Text => output::line(format!("stopped at {stopped_at}")),
            Format::Json => output::document(&json!({ "stoppedAt": stopped_at })),
        }
        Ok(Answer::Positive)
    }
}
