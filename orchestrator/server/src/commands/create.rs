//! `everstep create`: registers a state machine.

use std::path::PathBuf;

use clap::Args;
use everstep_proto::v1::{CreateStateMachineRequest, StateMachineConfiguration, StateMachineType};
use serde_json::json;

use super::input;
use super::machine_type::MachineType;
use super::tags::{Pair, pairs};
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
    /// `express`: at most five minutes, at least once, in memory between its start and its end
    #[arg(long, value_name = "TYPE", default_value = "standard")]
    r#type: MachineType,
    /// AWS's loggingConfiguration as JSON text. Of an Express machine its level says whose history is stored: ALL everybody's, ERROR and FATAL of executions that fail
    #[arg(long, value_name = "JSON", default_value = "", hide_default_value = true)]
    logging: String,
    /// Publish it as version 1
    #[arg(long)]
    publish: bool,
    /// What version 1 is
    #[arg(long, value_name = "TEXT", default_value = "", requires = "publish")]
    version_description: String,
    /// A tag; may be given several times
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<Pair>,
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
            r#type: StateMachineType::from(self.r#type).into(),
            configuration: Some(StateMachineConfiguration {
                logging: self.logging,
                ..StateMachineConfiguration::default()
            }),
            publish: self.publish,
            version_description: self.version_description,
            tags: pairs(self.tags),
        };
        let created =
            client.call(client.machines().create_state_machine(client.request(request))).await?;
        match format {
            Format::Text => output::line(created.state_machine_arn),
            Format::Json => output::document(&json!({
                "stateMachineArn": created.state_machine_arn,
                "createdAt": output::iso(created.created_at),
                "stateMachineVersionArn": created.state_machine_version_arn,
            })),
        }
        Ok(Answer::Positive)
    }
}
