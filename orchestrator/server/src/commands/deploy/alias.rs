//! Aliases, each created or updated where that is needed.

use std::collections::BTreeMap;

use everstep_proto::v1::{
    AliasRoute, CreateStateMachineAliasRequest, DescribeStateMachineAliasRequest,
    StateMachineAlias, UpdateStateMachineAliasRequest,
};
use tonic::Code;

use super::Action;
use crate::client::Client;
use crate::error::CommandError;
use crate::template::{Alias, Target};

/// By a version's name in the template: its ARN, where it is known.
pub(super) type Published = BTreeMap<String, Option<String>>;

pub(super) async fn apply(
    client: &Client,
    (alias, arn): (&Alias, &str),
    (published, dry_run): (&Published, bool),
) -> Result<Action, CommandError> {
    let found = existing(client, arn).await?;
    // Unknown in a dry run alone: a version that is yet to be published.
    let routes: Option<Vec<AliasRoute>> =
        alias.routes.iter().map(|(target, weight)| route(target, *weight, published)).collect();
    let action = match (&found, &routes) {
        (None, _) => Action::Create,
        (Some(found), Some(routes)) if same(found, alias, routes) => Action::Keep,
        (Some(_), _) => Action::Update,
    };
    let routes = routes.unwrap_or_default();
    if dry_run {
        return Ok(action);
    }
    match action {
        Action::Create => create(client, alias, routes).await?,
        Action::Update => update(client, alias, (arn, routes)).await?,
        Action::Keep => {}
    }
    Ok(action)
}

fn route(target: &Target, weight: u32, published: &Published) -> Option<AliasRoute> {
    let arn = match target {
        Target::Arn(arn) => Some(arn.clone()),
        Target::Own(id) => published.get(id).cloned().flatten(),
    };
    arn.map(|state_machine_version| AliasRoute { state_machine_version, weight })
}

fn same(found: &StateMachineAlias, alias: &Alias, routes: &[AliasRoute]) -> bool {
    found.description == alias.description && found.routing_configuration == routes
}

async fn existing(client: &Client, arn: &str) -> Result<Option<StateMachineAlias>, CommandError> {
    let request = DescribeStateMachineAliasRequest {
        namespace: client.namespace.clone(),
        state_machine_alias: arn.to_owned(),
    };
    match client.versions().describe_state_machine_alias(client.request(request)).await {
        Ok(found) => Ok(Some(found.into_inner())),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(client.refusal(&status)),
    }
}

async fn create(
    client: &Client,
    alias: &Alias,
    routing_configuration: Vec<AliasRoute>,
) -> Result<(), CommandError> {
    let request = CreateStateMachineAliasRequest {
        namespace: client.namespace.clone(),
        name: alias.name.clone(),
        description: alias.description.clone(),
        routing_configuration,
    };
    let created = client.versions().create_state_machine_alias(client.request(request)).await;
    created.map(drop).map_err(|status| named(client.refusal(&status), alias))
}

async fn update(
    client: &Client,
    alias: &Alias,
    (arn, routing_configuration): (&str, Vec<AliasRoute>),
) -> Result<(), CommandError> {
    let request = UpdateStateMachineAliasRequest {
        namespace: client.namespace.clone(),
        state_machine_alias: arn.to_owned(),
        description: Some(alias.description.clone()),
        routing_configuration,
    };
    let updated = client.versions().update_state_machine_alias(client.request(request)).await;
    updated.map(drop).map_err(|status| named(client.refusal(&status), alias))
}

/// Says which of the template's aliases was refused.
fn named(error: CommandError, alias: &Alias) -> CommandError {
    CommandError { message: format!("the alias {}: {}", alias.name, error.message), ..error }
}
