//! `everstep machines`: lists the state machines of a namespace.

use clap::Args;
use everstep_proto::v1::ListStateMachinesRequest;
use everstep_proto::v1::list_state_machines_response::Item;
use serde_json::{Value, json};

use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

/// How many the server gives at once.
const PAGE: u32 = 1000;

#[derive(Debug, Args)]
pub(crate) struct Machines {
    #[command(flatten)]
    client: ClientSettings,
}

impl Machines {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let machines = all(&Client::new(&self.client)?).await?;
        match format {
            Format::Text if machines.is_empty() => {
                output::note("no state machines; register one with `everstep create NAME FILE`");
            }
            Format::Text => {
                let mut table = Table::new(["NAME", "CREATED", "ARN"]);
                for item in machines {
                    table.row([item.name, output::iso(item.created_at), item.state_machine_arn]);
                }
                output::write(&table.render());
            }
            Format::Json => output::document(&machines.iter().map(document).collect()),
        }
        Ok(Answer::Positive)
    }
}

fn document(item: &Item) -> Value {
    json!({
        "name": item.name,
        "stateMachineArn": item.state_machine_arn,
        "type": item.r#type().as_str_name().trim_start_matches("STATE_MACHINE_TYPE_"),
        "createdAt": output::iso(item.created_at),
    })
}

async fn all(client: &Client) -> Result<Vec<Item>, CommandError> {
    client::every_page(async |next_token| {
        let request = ListStateMachinesRequest {
            namespace: client.namespace.clone(),
            max_results: PAGE,
            next_token,
        };
        let page =
            client.call(client.machines().list_state_machines(client.request(request))).await?;
        Ok((page.state_machines, page.next_token))
    })
    .await
}
