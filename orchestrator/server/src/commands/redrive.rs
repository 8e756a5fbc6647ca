//! `everstep redrive`: opens an execution that has ended without success.

use clap::Args;
use everstep_proto::v1::RedriveExecutionRequest;
use serde_json::json;

use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Redrive {
    /// The execution's ARN, or MACHINE/NAME
    execution: String,
    /// The same token again within 15 minutes is the same redrive, not another one
    #[arg(long, value_name = "TOKEN")]
    client_token: Option<String>,
    #[command(flatten)]
    client: ClientSettings,
}

impl Redrive {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let request = RedriveExecutionRequest {
            execution: client.execution_arn(&self.execution).await?,
            client_token: self.client_token,
            namespace: client.namespace.clone(),
        };
        let redriven =
            client.call(client.executions().redrive_execution(client.request(request))).await?;
        let redriven_at = output::iso(redriven.redriven_at);
        match format {
            Format::Text => output::line(format!("redriven at {redriven_at}")),
            Format::Json => output::document(&json!({ "redrivenAt": redriven_at })),
        }
        Ok(Answer::Positive)
    }
}
