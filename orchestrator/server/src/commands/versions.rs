//! `everstep versions`: revisions of a state machine under numbers.

use clap::{Args, Subcommand};
use everstep_proto::v1::list_state_machine_versions_response::Item;
use everstep_proto::v1::{
    DeleteStateMachineVersionRequest, ListStateMachineVersionsRequest,
    PublishStateMachineVersionRequest,
};
use serde_json::{Value, json};

use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum Versions {
    /// List the versions of a state machine, the newest first
    List(List),
    /// Give the newest revision of a state machine the next number
    Publish(Publish),
    /// Delete a version that no alias names; executions that run on it go on
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The state machine's name or ARN
    machine: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The state machine's name or ARN
    machine: String,
    /// Publish only if this is the newest revision (`INITIAL`: the one of the creation)
    #[arg(long, value_name = "ID", default_value = "")]
    revision: String,
    /// What is new in it
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The version as MACHINE:NUMBER, or its ARN
    version: String,
    #[command(flatten)]
    client: ClientSettings,
}

impl Versions {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        match self {
            Self::List(List { machine, client }) => {
                let versions = all(&Client::new(&client)?, &machine).await?;
                show(&versions, format);
            }
            Self::Publish(publish) => published(publish, format).await?,
            Self::Delete(Delete { version, client }) => {
                let client = Client::new(&client)?;
                let request = client.request(DeleteStateMachineVersionRequest {
                    namespace: client.namespace.clone(),
                    state_machine_version: version.clone(),
                });
                client.call(client.versions().delete_state_machine_version(request)).await?;
                output::deleted(&version, format);
            }
        }
        Ok(Answer::Positive)
    }
}

async fn published(publish: Publish, format: Format) -> Result<(), CommandError> {
    let client = Client::new(&publish.client)?;
    let request = client.request(PublishStateMachineVersionRequest {
        namespace: client.namespace.clone(),
        state_machine: publish.machine,
        revision_id: publish.revision,
        description: publish.description,
    });
    let published = client.call(client.versions().publish_state_machine_version(request)).await?;
    match format {
        Format::Text => output::line(published.state_machine_version_arn),
        Format::Json => output::document(&json!({
            "stateMachineVersionArn": published.state_machine_version_arn,
            "createdAt": output::iso(published.created_at),
        })),
    }
    Ok(())
}

async fn all(client: &Client, machine: &str) -> Result<Vec<Item>, CommandError> {
    client::every_page(async |next_token| {
        let request = client.request(ListStateMachineVersionsRequest {
            namespace: client.namespace.clone(),
            state_machine: machine.to_owned(),
            max_results: 1000,
            next_token,
        });
        let page = client.call(client.versions().list_state_machine_versions(request)).await?;
        Ok((page.state_machine_versions, page.next_token))
    })
    .await
}

fn show(versions: &[Item], format: Format) {
    match format {
        Format::Text if versions.is_empty() => output::note("no versions"),
        Format::Text => {
            let mut table = Table::new(["VERSION", "CREATED", "ARN"]);
            for item in versions {
                let arn = item.state_machine_version_arn.clone();
                let number = arn.rsplit(':').next().unwrap_or_default().to_owned();
                table.row([number, output::iso(item.created_at), arn]);
            }
            output::write(&table.render());
        }
        Format::Json => output::document(&versions.iter().map(document).collect()),
    }
}

fn document(item: &Item) -> Value {
    json!({
        "stateMachineVersionArn": item.state_machine_version_arn,
        "createdAt": output::iso(item.created_at),
    })
}
