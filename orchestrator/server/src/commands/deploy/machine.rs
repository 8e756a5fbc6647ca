//! State machines, each created or updated where that is needed.

use everstep_proto::v1::{
    CreateStateMachineRequest, DescribeStateMachineRequest, StateMachine,
    StateMachineConfiguration, UpdateStateMachineRequest,
};
use serde_json::Value;
use tonic::Code;

use super::{Action, tags};
use crate::client::Client;
use crate::error::CommandError;
use crate::template::Machine;

/// Creates or updates it, where that is needed.
pub(in crate::commands) async fn apply(
    client: &Client,
    machine: &Machine,
    dry_run: bool,
) -> Result<Action, CommandError> {
    let found = existing(client, &machine.name).await?;
    let Some(found) = found else {
        if !dry_run {
            create(client, machine).await?;
        }
        return Ok(Action::Create);
    };
    if found.r#type() != machine.r#type {
        let message = format!(
            "the state machine {} is there with another type; a type can't be changed: delete it first",
            machine.name
        );
        return Err(CommandError::usage(message));
    }
    let same = same(&found, machine);
    if !same && !dry_run {
        update(client, machine).await?;
    }
    let tags = tags::set(client, &found.state_machine_arn, machine.tags.as_ref(), dry_run).await?;
    Ok(if same && tags == Action::Keep { Action::Keep } else { Action::Update })
}

async fn existing(client: &Client, name: &str) -> Result<Option<StateMachine>, CommandError> {
    let request = DescribeStateMachineRequest {
        namespace: client.namespace.clone(),
        state_machine: name.to_owned(),
    };
    match client.machines().describe_state_machine(client.request(request)).await {
        Ok(found) => Ok(Some(found.into_inner())),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(client.refusal(&status)),
    }
}

/// What the template does not say may be as it is.
fn same(found: &StateMachine, machine: &Machine) -> bool {
    let configuration = found.configuration.clone().unwrap_or_default();
    let equal = |wanted: &Option<String>, there: &str| {
        wanted.as_ref().is_none_or(|wanted| json_of(wanted) == json_of(there))
    };
    found.definition == machine.definition
        && found.role_arn == machine.role_arn
        && equal(&machine.logging, &configuration.logging)
        && equal(&machine.tracing, &configuration.tracing)
        && equal(&machine.encryption, &configuration.encryption)
}

fn json_of(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn configuration(machine: &Machine) -> Option<StateMachineConfiguration> {
    let Machine { logging, tracing, encryption, .. } = machine;
    let said = [logging, tracing, encryption].iter().any(|it| it.is_some());
    said.then(|| StateMachineConfiguration {
        logging: logging.clone().unwrap_or_default(),
        tracing: tracing.clone().unwrap_or_default(),
        encryption: encryption.clone().unwrap_or_default(),
    })
}

async fn create(client: &Client, machine: &Machine) -> Result<(), CommandError> {
    let request = CreateStateMachineRequest {
        namespace: client.namespace.clone(),
        name: machine.name.clone(),
        definition: machine.definition.clone(),
        role_arn: machine.role_arn.clone(),
        r#type: machine.r#type.into(),
        configuration: configuration(machine),
        tags: machine.tags.as_ref().map(tags::list).unwrap_or_default(),
        ..CreateStateMachineRequest::default()
    };
    let created = client.machines().create_state_machine(client.request(request)).await;
    created.map(drop).map_err(|status| named(client.refusal(&status), machine))
}

async fn update(client: &Client, machine: &Machine) -> Result<(), CommandError> {
    let request = UpdateStateMachineRequest {
        namespace: client.namespace.clone(),
        state_machine: machine.name.clone(),
        definition: Some(machine.definition.clone()),
        role_arn: Some(machine.role_arn.clone()),
        configuration: configuration(machine),
        ..UpdateStateMachineRequest::default()
    };
    let updated = client.machines().update_state_machine(client.request(request)).await;
    updated.map(drop).map_err(|status| named(client.refusal(&status), machine))
}

/// Says which of the template's machines was refused.
fn named(error: CommandError, machine: &Machine) -> CommandError {
    CommandError {
        message: format!("the state machine {}: {}", machine.name, error.message),
        ..error
    }
}
