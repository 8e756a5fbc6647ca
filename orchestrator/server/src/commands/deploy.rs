//! `everstep deploy`: the state machines of a CloudFormation template, such as CDK synthesises it, created or updated.

use std::path::PathBuf;

use clap::Args;
use everstep_proto::v1::{
    CreateStateMachineRequest, DescribeNamespaceRequest, DescribeStateMachineRequest,
    NamespaceSettings, StateMachine, StateMachineConfiguration, UpdateStateMachineRequest,
};
use serde_json::{Value, json};
use tonic::Code;

use super::input;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};
use crate::template::{Activity, Fault, Given, Machine, Scope, Template, machines};

#[derive(Debug, Args)]
pub(crate) struct Deploy {
    /// The template, in JSON or YAML; `-` reads standard input
    template: PathBuf,
    /// A parameter of the template; may be given often
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// What a resource that is not deployed here comes to: `ID=VALUE` for Ref, `ID.ATTRIBUTE=VALUE` for `Fn::GetAtt`; may be given often
    #[arg(long = "resource", value_name = "ID=VALUE", value_parser = pair)]
    resources: Vec<(String, String)>,
    /// A resource of the template to leave out; may be given often
    #[arg(long, value_name = "ID")]
    skip: Vec<String>,
    /// The value of `AWS::StackName`
    #[arg(long, value_name = "NAME", default_value = "everstep")]
    stack: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    client: ClientSettings,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Update,
    Keep,
}

impl Action {
    /// As JSON output has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Keep => "NONE",
        }
    }
}

struct Deployed {
    id: String,
    arn: String,
    action: Action,
}

impl Deploy {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let text = input::read(&self.template)?;
        let template = Template::parse(&text).map_err(|fault| refused(&[fault]))?;
        let client = Client::new(&self.client)?;
        let given = Given {
            parameters: self.parameters.into_iter().collect(),
            resources: self.resources.into_iter().collect(),
            stack: self.stack,
        };
        let scope = scope(&client, &template, &given).await?;
        let (machines, activities) =
            machines(&scope, &self.skip).map_err(|faults| refused(&faults))?;
        if machines.is_empty() {
            return Err(CommandError::usage("the template has no state machine to deploy"));
        }
        let mut deployed = Vec::new();
        for machine in machines {
            let arn = scope.machine_arn(&machine.name);
            let action = apply(&client, &machine, self.dry_run).await?;
            deployed.push(Deployed { id: machine.id, arn, action });
        }
        let activities = activities.into_iter();
        let activities: Vec<(String, String)> =
            activities.map(|Activity { id, name }| (id, scope.activity_arn(&name))).collect();
        print(&deployed, &activities, self.dry_run, format);
        Ok(Answer::Positive)
    }
}

/// Partition, region and account are the namespace's.
async fn scope<'a>(
    client: &Client,
    template: &'a Template,
    given: &'a Given,
) -> Result<Scope<'a>, CommandError> {
    let settings = settings(client).await?;
    Ok(Scope {
        template,
        given,
        partition: settings.partition().to_owned(),
        region: settings.region().to_owned(),
        account: settings.account().to_owned(),
    })
}

/// The namespace's.
pub(super) async fn settings(client: &Client) -> Result<NamespaceSettings, CommandError> {
    let request = DescribeNamespaceRequest { name: client.namespace.clone() };
    let mut namespaces = client.namespaces();
    let described = client.call(namespaces.describe_namespace(client.request(request))).await?;
    Ok(described.settings.unwrap_or_default())
}

fn refused(faults: &[Fault]) -> CommandError {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    CommandError::usage(format!("the template can't be deployed:\n  {}", lines.join("\n  ")))
}

/// Creates or updates it, where that is needed.
pub(super) async fn apply(
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
    if same(&found, machine) {
        return Ok(Action::Keep);
    }
    if !dry_run {
        update(client, machine).await?;
    }
    Ok(Action::Update)
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

pub(super) fn word(action: Action, dry_run: bool) -> &'static str {
    match (action, dry_run) {
        (Action::Create, false) => "created",
        (Action::Create, true) => "would be created",
        (Action::Update, false) => "updated",
        (Action::Update, true) => "would be updated",
        (Action::Keep, _) => "unchanged",
    }
}

fn print(machines: &[Deployed], activities: &[(String, String)], dry_run: bool, format: Format) {
    match format {
        Format::Text => {
            let mut table = Table::new(["RESOURCE", "DEPLOYED", "ARN"]);
            for Deployed { id, arn, action } in machines {
                table.row([id.clone(), word(*action, dry_run).to_owned(), arn.clone()]);
            }
            for (id, arn) in activities {
                table.row([id.clone(), "activity".to_owned(), arn.clone()]);
            }
            output::write(&table.render());
        }
        Format::Json => {
            let machine = |it: &Deployed| json!({"resource": it.id, "stateMachineArn": it.arn, "action": it.action.as_str()});
            let activity =
                |(id, arn): &(String, String)| json!({"resource": id, "activityArn": arn});
            output::document(&json!({
                "dryRun": dry_run,
                "stateMachines": machines.iter().map(machine).collect::<Vec<_>>(),
                "activities": activities.iter().map(activity).collect::<Vec<_>>(),
            }));
        }
    }
}
