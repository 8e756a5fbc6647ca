//! `everstep import-aws`: reads state machines from an endpoint that answers like AWS's, and tries recorded executions here.

use std::sync::Arc;

use asl::{Diagnostic, Severity, StateMachine};
use aws_adapter::{Access, Aws, AwsError};
use clap::Args;
use everstep_proto::v1::StateMachineType;
use serde_json::{Value, json};
use url::Url;

use super::adapter::{check, credentials, region};
use super::deploy::{Action, apply, word};
use super::validate;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::graph::{Drawing, Language};
use crate::offline::{Replay, replay};
use crate::output::{self, Format};
use crate::template::{Machine, uncapitalised};

/// Requests are signed with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the environment.
#[derive(Debug, Args)]
pub(crate) struct ImportAws {
    /// What answers like Step Functions; AWS itself where it is absent
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<Url>,
    /// The region; else `AWS_REGION` or `AWS_DEFAULT_REGION`, else us-east-1
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// A state machine to read, by its name; all where none is given
    #[arg(long = "machine", value_name = "NAME")]
    machines: Vec<String>,
    /// Of each machine, replay the task results of so many executions that have ended, the newest first
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    histories: usize,
    /// Draw each machine, in Mermaid
    #[arg(long)]
    graph: bool,
    /// Read, check and replay, and register nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    client: ClientSettings,
}

struct Imported {
    name: String,
    /// None: its definition is faulty.
    action: Option<Action>,
    diagnostics: Vec<Diagnostic>,
    graph: Option<String>,
    executions: Vec<(String, Replay)>,
}

impl ImportAws {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        if let Some(url) = &self.endpoint_url {
            check(url)?;
        }
        let access = Access {
            endpoint_url: self.endpoint_url.clone(),
            lambda_endpoint: None,
            region: region(self.region.clone()),
            credentials: credentials()?,
        };
        let aws = Aws::new(access).map_err(CommandError::internal)?;
        let client = Client::new(&self.client)?;
        let mut imported = Vec::new();
        for (name, arn) in self.listed(&aws).await? {
            imported.push(self.import(&aws, &client, (name, arn)).await?);
        }
        print(&imported, self.dry_run, format);
        let well = |it: &Imported| {
            let differs = |(_, replay): &(String, Replay)| matches!(replay, Replay::Differs(_));
            it.action.is_some() && !it.executions.iter().any(differs)
        };
        Ok(if imported.iter().all(well) { Answer::Positive } else { Answer::Negative })
    }

    /// Names and ARNs.
    async fn listed(&self, aws: &Aws) -> Result<Vec<(String, String)>, CommandError> {
        let items = pages(aws, "listStateMachines", json!({}), "StateMachines").await?;
        let found: Vec<(String, String)> =
            items.iter().map(|it| (text(it, "Name"), text(it, "StateMachineArn"))).collect();
        if let Some(missing) =
            self.machines.iter().find(|name| !found.iter().any(|(it, _)| it == *name))
        {
            return Err(CommandError::usage(format!(
                "there is no state machine `{missing}` there"
            )));
        }
        let wanted = |name: &String| self.machines.is_empty() || self.machines.contains(name);
        Ok(found.into_iter().filter(|(name, _)| wanted(name)).collect())
    }

    async fn import(
        &self,
        aws: &Aws,
        client: &Client,
        (name, arn): (String, String),
    ) -> Result<Imported, CommandError> {
        let described =
            call(aws, "describeStateMachine", &json!({ "StateMachineArn": arn })).await?;
        let machine = machine(&described);
        let kind = match machine.r#type {
            StateMachineType::Express => asl::MachineType::Express,
            StateMachineType::Standard | StateMachineType::Unspecified => {
                asl::MachineType::Standard
            }
        };
        let diagnostics = StateMachine::check_as(kind, &machine.definition);
        let faulty = diagnostics.iter().any(|it| it.severity == Severity::Error);
        let parsed = StateMachine::parse(&machine.definition).ok().filter(|_| !faulty);
        let mut imported =
            Imported { name, action: None, diagnostics, graph: None, executions: Vec::new() };
        let Some(parsed) = parsed.map(Arc::new) else { return Ok(imported) };
        imported.action = Some(apply(client, &machine, self.dry_run).await?);
        if self.graph {
            imported.graph = Some(Drawing::new(&parsed, None).write(Language::Mermaid));
        }
        // Express machines keep no executions.
        if machine.r#type == StateMachineType::Standard {
            imported.executions = self.replays(aws, &parsed, &arn).await?;
        }
        Ok(imported)
    }

    async fn replays(
        &self,
        aws: &Aws,
        machine: &Arc<StateMachine>,
        arn: &str,
    ) -> Result<Vec<(String, Replay)>, CommandError> {
        if self.histories == 0 {
            return Ok(Vec::new());
        }
        let items = pages(aws, "listExecutions", json!({ "StateMachineArn": arn }), "Executions");
        let items = items.await?;
        let ended = items.iter().filter(|it| text(it, "Status") != "RUNNING");
        let mut replays = Vec::new();
        for item in ended.take(self.histories) {
            let execution = text(item, "ExecutionArn");
            let named = json!({ "ExecutionArn": execution });
            let described = call(aws, "describeExecution", &named).await?;
            let events = pages(aws, "getExecutionHistory", named, "Events").await?;
            replays.push((text(item, "Name"), replay(machine, &described, &events)));
        }
        Ok(replays)
    }
}

fn machine(described: &Value) -> Machine {
    let configuration =
        |name: &str| described.get(name).map(|value| uncapitalised(value).to_string());
    Machine {
        id: text(described, "Name"),
        name: text(described, "Name"),
        definition: text(described, "Definition"),
        role_arn: text(described, "RoleArn"),
        r#type: match text(described, "Type").as_str() {
            "EXPRESS" => StateMachineType::Express,
            _ => StateMachineType::Standard,
        },
        logging: configuration("LoggingConfiguration"),
        tracing: configuration("TracingConfiguration"),
        encryption: configuration("EncryptionConfiguration"),
    }
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn call(aws: &Aws, operation: &str, parameters: &Value) -> Result<Value, CommandError> {
    let called = aws.call(&format!("sfn:{operation}"), parameters).await;
    called.map_err(|AwsError { error, cause }| {
        let message = format!("{operation} there: {error}: {cause}");
        if error.ends_with(".SdkClientException") {
            return CommandError::unavailable(message);
        }
        CommandError::usage(message)
    })
}

/// The items of all pages.
async fn pages(
    aws: &Aws,
    operation: &str,
    mut parameters: Value,
    items: &str,
) -> Result<Vec<Value>, CommandError> {
    let mut found = Vec::new();
    loop {
        let mut page = call(aws, operation, &parameters).await?;
        if let Some(Value::Array(more)) = page.get_mut(items).map(Value::take) {
            found.extend(more);
        }
        let Some(next) = page.get("NextToken").filter(|it| it.is_string()) else {
            return Ok(found);
        };
        parameters["NextToken"] = next.clone();
    }
}

fn print(imported: &[Imported], dry_run: bool, format: Format) {
    if format == Format::Json {
        let documents = imported.iter().map(document).collect::<Vec<_>>();
        return output::document(&json!({"dryRun": dry_run, "stateMachines": documents}));
    }
    for machine in imported {
        let done = machine.action.map_or("faulty", |action| word(action, dry_run));
        output::line(format!("{}: {done}", machine.name));
        for diagnostic in &machine.diagnostics {
            output::line(format!("  {}", validate::text_of(&machine.name, diagnostic)));
        }
        for (name, replay) in &machine.executions {
            output::line(format!("  {name}: {}", sentence(replay)));
        }
        machine.graph.iter().for_each(|graph| output::write(graph));
    }
}

fn sentence(replay: &Replay) -> String {
    match replay {
        Replay::Same => "the same here".to_owned(),
        Replay::Differs(difference) => format!("differs: {difference}"),
        Replay::NotReplayed(why) => format!("not replayed: {why}"),
    }
}

fn document(machine: &Imported) -> Value {
    let execution = |(name, replay): &(String, Replay)| {
        let (result, detail) = match replay {
            Replay::Same => ("SAME", None),
            Replay::Differs(difference) => ("DIFFERENT", Some(difference)),
            Replay::NotReplayed(why) => ("NOT_REPLAYED", Some(why)),
        };
        json!({"name": name, "result": result, "detail": detail})
    };
    json!({
        "name": machine.name,
        "action": machine.action.map(Action::as_str),
        "diagnostics": machine.diagnostics.iter().map(validate::document).collect::<Vec<_>>(),
        "graph": machine.graph,
        "executions": machine.executions.iter().map(execution).collect::<Vec<_>>(),
    })
}
