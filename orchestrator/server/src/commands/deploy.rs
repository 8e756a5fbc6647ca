//! `everstep deploy`: what a CloudFormation template has of Step Functions, such as CDK synthesises it, created or updated.

mod activity;
mod alias;
mod machine;
mod report;
mod tags;
mod version;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use everstep_proto::v1::{DescribeNamespaceRequest, NamespaceSettings};

use self::alias::Published;
pub(super) use self::machine::apply;
pub(super) use self::report::word;
use super::input;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::Format;
use crate::template::{Contents, Fault, Given, Scope, Template};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Activity,
    Machine,
    Version,
    Alias,
}

struct Deployed {
    /// The resource's name in the template.
    id: String,
    kind: Kind,
    /// None: a version that is yet to be published.
    arn: Option<String>,
    action: Action,
}

impl Deployed {
    fn new(id: &str, kind: Kind, arn: impl Into<Option<String>>, action: Action) -> Self {
        Self { id: id.to_owned(), kind, arn: arn.into(), action }
    }
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
        let contents = Contents::of(&scope, &self.skip).map_err(|faults| refused(&faults))?;
        if contents.is_empty() {
            let message = "the template has no state machine and no activity to deploy";
            return Err(CommandError::usage(message));
        }
        let deployed = deploy(&client, &scope, (&contents, self.dry_run)).await?;
        report::print(&deployed, self.dry_run, format);
        Ok(Answer::Positive)
    }
}

/// What others refer to first.
async fn deploy(
    client: &Client,
    scope: &Scope<'_>,
    (contents, dry_run): (&Contents, bool),
) -> Result<Vec<Deployed>, CommandError> {
    let (mut deployed, mut done) = (Vec::new(), BTreeMap::new());
    for activity in &contents.activities {
        let arn = scope.activity_arn(&activity.name);
        let action = activity::apply(client, (activity, &arn), dry_run).await?;
        deployed.push(Deployed::new(&activity.id, Kind::Activity, arn, action));
    }
    for machine in &contents.machines {
        let action = apply(client, machine, dry_run).await?;
        done.insert(machine.name.as_str(), action);
        let arn = scope.machine_arn(&machine.name);
        deployed.push(Deployed::new(&machine.id, Kind::Machine, arn, action));
    }
    let mut published = Published::new();
    for version in &contents.versions {
        let machine = done.get(version.machine.as_str()).copied();
        let (action, arn) = version::apply(client, version, (machine, dry_run)).await?;
        published.insert(version.id.clone(), arn.clone());
        deployed.push(Deployed::new(&version.id, Kind::Version, arn, action));
    }
    for alias in &contents.aliases {
        let arn = format!("{}:{}", scope.machine_arn(&alias.machine), alias.name);
        let action = alias::apply(client, (alias, &arn), (&published, dry_run)).await?;
        deployed.push(Deployed::new(&alias.id, Kind::Alias, arn, action));
    }
    Ok(deployed)
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
