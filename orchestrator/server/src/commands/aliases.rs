//! `everstep aliases`: names that start versions of a state machine by weight.

use std::str::FromStr;

use clap::{Args, Subcommand};
use everstep_proto::v1::list_state_machine_aliases_response::Item;
use everstep_proto::v1::{
    AliasRoute, CreateStateMachineAliasRequest, DeleteStateMachineAliasRequest,
    DescribeStateMachineAliasRequest, ListStateMachineAliasesRequest, StateMachineAlias,
    UpdateStateMachineAliasRequest,
};
use serde_json::{Value, json};

use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum Aliases {
    /// List the aliases of a state machine, or those that name a version (MACHINE:NUMBER)
    List(List),
    /// Show an alias
    Describe(Named),
    /// Create an alias
    Create(Written),
    /// Give an alias other versions or another description; the next start counts it
    Update(Changed),
    /// Delete an alias
    Delete(Named),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The state machine's or the version's name or ARN
    machine: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The alias as MACHINE:ALIAS, or its ARN
    alias: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Written {
    /// The alias as MACHINE:ALIAS
    alias: String,
    /// One version, or two with how many starts of a hundred each takes: `3`, or `3=90 4=10`
    #[arg(required = true, value_name = "NUMBER[=WEIGHT]")]
    routes: Vec<Route>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Changed {
    /// The alias as MACHINE:ALIAS
    alias: String,
    /// As for `create`. Not given: they stay
    #[arg(required_unless_present = "description", value_name = "NUMBER[=WEIGHT]")]
    routes: Vec<Route>,
    /// What it is for. Not given: it stays
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    client: ClientSettings,
}

/// `3` or `3=90`.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    number: u64,
    weight: u32,
}

impl FromStr for Route {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write a version's number, and its weight after `=`: 3=90".to_owned();
        let (number, weight) = text.split_once('=').unwrap_or((text, "100"));
        let number = number.parse().map_err(|_| wrong())?;
        Ok(Self { number, weight: weight.parse().map_err(|_| wrong())? })
    }
}

impl Aliases {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        match self {
            Self::List(List { machine, client }) => {
                let aliases = all(&Client::new(&client)?, &machine).await?;
                show_all(&aliases, format);
            }
            Self::Describe(Named { alias, client }) => {
                show(&describe(&Client::new(&client)?, alias).await?, format);
            }
            Self::Create(written) => show(&create(written).await?, format),
            Self::Update(changed) => show(&update(changed).await?, format),
            Self::Delete(Named { alias, client }) => {
                let client = Client::new(&client)?;
                let request = client.request(DeleteStateMachineAliasRequest {
                    namespace: client.namespace.clone(),
                    state_machine_alias: alias.clone(),
                });
                client.call(client.versions().delete_state_machine_alias(request)).await?;
                output::deleted(&alias, format);
            }
        }
        Ok(Answer::Positive)
    }
}

async fn describe(client: &Client, alias: String) -> Result<StateMachineAlias, CommandError> {
    let request = client.request(DescribeStateMachineAliasRequest {
        namespace: client.namespace.clone(),
        state_machine_alias: alias,
    });
    client.call(client.versions().describe_state_machine_alias(request)).await
}

async fn create(written: Written) -> Result<StateMachineAlias, CommandError> {
    let client = Client::new(&written.client)?;
    let (machine, name) = parts(&written.alias)?;
    let request = client.request(CreateStateMachineAliasRequest {
        namespace: client.namespace.clone(),
        name: name.to_owned(),
        description: written.description,
        routing_configuration: routes(machine, &written.routes),
    });
    let created = client.call(client.versions().create_state_machine_alias(request)).await?;
    describe(&client, created.state_machine_alias_arn).await
}

async fn update(changed: Changed) -> Result<StateMachineAlias, CommandError> {
    let client = Client::new(&changed.client)?;
    let (machine, _) = parts(&changed.alias)?;
    let request = client.request(UpdateStateMachineAliasRequest {
        namespace: client.namespace.clone(),
        description: changed.description,
        routing_configuration: routes(machine, &changed.routes),
        state_machine_alias: changed.alias.clone(),
    });
    client.call(client.versions().update_state_machine_alias(request)).await?;
    describe(&client, changed.alias).await
}

fn parts(alias: &str) -> Result<(&str, &str), CommandError> {
    let wrong = || CommandError::usage(format!("`{alias}` names no alias; write MACHINE:ALIAS"));
    alias.rsplit_once(':').ok_or_else(wrong)
}

fn routes(machine: &str, given: &[Route]) -> Vec<AliasRoute> {
    let route = |Route { number, weight }: &Route| AliasRoute {
        state_machine_version: format!("{machine}:{number}"),
        weight: *weight,
    };
    given.iter().map(route).collect()
}

async fn all(client: &Client, machine: &str) -> Result<Vec<Item>, CommandError> {
    client::every_page(async |next_token| {
        let request = client.request(ListStateMachineAliasesRequest {
            namespace: client.namespace.clone(),
            state_machine: machine.to_owned(),
            max_results: 1000,
            next_token,
        });
        let page = client.call(client.versions().list_state_machine_aliases(request)).await?;
        Ok((page.state_machine_aliases, page.next_token))
    })
    .await
}

fn show_all(aliases: &[Item], format: Format) {
    match format {
        Format::Text if aliases.is_empty() => output::note("no aliases"),
        Format::Text => {
            let mut table = Table::new(["ALIAS", "CREATED", "ARN"]);
            for item in aliases {
                let arn = item.state_machine_alias_arn.clone();
                let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
                table.row([name, output::iso(item.created_at), arn]);
            }
            output::write(&table.render());
        }
        Format::Json => output::document(&aliases.iter().map(item_document).collect()),
    }
}

fn item_document(item: &Item) -> Value {
    json!({
        "stateMachineAliasArn": item.state_machine_alias_arn,
        "createdAt": output::iso(item.created_at),
    })
}

fn show(alias: &StateMachineAlias, format: Format) {
    match format {
        Format::Text => {
            let mut table = Table::new(["WEIGHT", "VERSION"]);
            for route in &alias.routing_configuration {
                table.row([route.weight.to_string(), route.state_machine_version.clone()]);
            }
            output::line(&alias.state_machine_alias_arn);
            if !alias.description.is_empty() {
                output::line(&alias.description);
            }
            output::write(&table.render());
        }
        Format::Json => output::document(&document(alias)),
    }
}

fn document(alias: &StateMachineAlias) -> Value {
    let route = |route: &AliasRoute| json!({ "stateMachineVersionArn": route.state_machine_version, "weight": route.weight });
    let routes: Vec<Value> = alias.routing_configuration.iter().map(route).collect();
    json!({
        "stateMachineAliasArn": alias.state_machine_alias_arn,
        "name": alias.name,
        "description": alias.description,
        "routingConfiguration": routes,
        "createdAt": output::iso(alias.created_at),
        "updatedAt": output::iso(alias.updated_at),
    })
}
