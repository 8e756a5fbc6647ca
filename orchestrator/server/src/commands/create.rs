//! `everstep create`: registers a state machine.

use std::path::PathBuf;

use clap::Args;
use everstep_proto::v1::{CreateStateMachineRequest, StateMachineType};
use serde_json::json;

use super::input;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The name: 1 to 80 characters
    name: String,
    /// The definition in Amazon States Language; `-` reads standard input
    file: PathBuf,
    /// The role that goes with the machine: kept and shown
    #[arg(long, value_name = "ARN", default_value = "")]
    role_arn: String,
    #[command(flatten)]
    client: ClientSettings,
}

impl Create {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let request = CreateStateMachineRequest {
            namespace: client.namespace.clone(),
            name: self.name,
            definition: input::read(&self.file)?,
            role_arn: self.role_arn,
            r#type: StateMachineType::Standard.into(),
            configuration: None,
        };
        let created =
            client.call(client.machines().create_state_machine(client.request(request))).await?;
        match format {
            Format::Text => output::line(created.state_machine_arn),
            Format::Json => output::document(&json!({
                "stateMachineArn": created.state_machine_arn,
                "createdAt": output::iso(created.created_at),
            })),
        }
        Ok(Answer::Positive)
    }
}
