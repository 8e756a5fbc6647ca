//! `everstep update`: gives a state machine another definition or role.

use std::path::PathBuf;

use clap::Args;
use everstep_proto::v1::UpdateStateMachineRequest;
use serde_json::json;

use super::input;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The state machine's name or ARN
    machine: String,
    /// The new definition; `-` reads standard input
    #[arg(required_unless_present = "role_arn")]
    file: Option<PathBuf>,
    /// The new role
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    #[command(flatten)]
    client: ClientSettings,
}

impl Update {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let request = UpdateStateMachineRequest {
            namespace: client.namespace.clone(),
            state_machine: self.machine,
            definition: self.file.as_deref().map(input::read).transpose()?,
            role_arn: self.role_arn,
            configuration: None,
        };
        let updated =
            client.call(client.machines().update_state_machine(client.request(request))).await?;
        match format {
            Format::Text => output::line(format!("revision {}", updated.revision_id)),
            Format::Json => output::document(&json!({
                "revisionId": updated.revision_id,
                "updatedAt": output::iso(updated.updated_at),
            })),
        }
        Ok(Answer::Positive)
    }
}
