//! `everstep update`: gives a state machine another definition or role.

use std::path::PathBuf;

use clap::Args;
use everstep_proto::v1::{UpdateStateMachineRequest, UpdateStateMachineResponse};
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
    /// Publish what it is then as the next version
    #[arg(long)]
    publish: bool,
    /// What is new in that version
    #[arg(long, value_name = "TEXT", default_value = "", requires = "publish")]
    version_description: String,
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
            publish: self.publish,
            version_description: self.version_description,
            configuration: None,
        };
        let updated =
            client.call(client.machines().update_state_machine(client.request(request))).await?;
        match format {
            Format::Text => output::line(text(&updated)),
            Format::Json => output::document(&json!({
                "revisionId": updated.revision_id,
                "updatedAt": output::iso(updated.updated_at),
                "stateMachineVersionArn": updated.state_machine_version_arn,
            })),
        }
        Ok(Answer::Positive)
    }
}

fn text(updated: &UpdateStateMachineResponse) -> String {
    let revision = match updated.revision_id.as_str() {
        "" => "nothing differs from the newest revision".to_owned(),
        id => format!("revision {id}"),
    };
    match updated.state_machine_version_arn.as_str() {
        "" => revision,
        version => format!("{revision}\n{version}"),
    }
}
