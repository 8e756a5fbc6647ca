//! `everstep delete`: deletes a state machine.

use clap::Args;
use everstep_proto::v1::DeleteStateMachineRequest;
use serde_json::json;

use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The state machine's name or ARN
    machine: String,
    #[command(flatten)]
    client: ClientSettings,
}

impl Delete {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let request = DeleteStateMachineRequest {
            namespace: client.namespace.clone(),
            state_machine: self.machine.clone(),
        };
        client.call(client.machines().delete_state_machine(client.request(request))).await?;
        match format {
            Format::Text => {
                output::line(format!(
                    "{} takes no new executions; those that run go on",
                    self.machine
                ));
            }
            Format::Json => output::document(&json!({ "deleted": self.machine })),
        }
        Ok(Answer::Positive)
    }
}
