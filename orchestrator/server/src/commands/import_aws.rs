//! `everstep import-aws`: reads state machines from an endpoint that answers like AWS's, and tries recorded executions here.

mod report;
mod source;

use std::sync::Arc;

use asl::{Diagnostic, MachineType, Severity, StateMachine};
use aws_adapter::Access;
use clap::Args;
use everstep_proto::v1::StateMachineType;
use url::Url;

use self::source::{Alias, Listed, Source};
use super::adapter::{check, credentials, region};
use super::deploy::{Action, apply, settings};
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError, Remedy};
use crate::graph::{Drawing, Language};
use crate::offline::{self, Replay, replay};
use crate::output::{self, Format};
use crate::template::Machine;

/// Requests are signed with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the environment.
#[derive(Debug, Args)]
pub(crate) struct ImportAws {
    /// What answers like Step Functions; AWS itself where it is absent
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<Url>,
    /// The region; else `AWS_REGION` or `AWS_DEFAULT_REGION`, else us-east-1
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// A state machine to read, by its name; all where none is given; may be given often
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

/// What became of a machine.
#[derive(Debug)]
struct Imported {
    name: String,
    outcome: Outcome,
    diagnostics: Vec<Diagnostic>,
    graph: Option<String>,
    versions: Vec<String>,
    aliases: Vec<Alias>,
    executions: Vec<(String, Replay)>,
    /// What could not be read of it.
    remarks: Vec<String>,
}

#[derive(Debug)]
enum Outcome {
    Registered(Action),
    /// Its definition is.
    Faulty,
    /// There.
    BeingDeleted,
    /// By either side, and why.
    Refused(String),
}

impl Imported {
    fn new(name: &str, outcome: Outcome) -> Self {
        Self {
            name: name.to_owned(),
            outcome,
            diagnostics: Vec::new(),
            graph: None,
            versions: Vec::new(),
            aliases: Vec::new(),
            executions: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn is_well(&self) -> bool {
        let arrived = matches!(self.outcome, Outcome::Registered(_) | Outcome::BeingDeleted);
        let differs = |(_, replay): &(String, Replay)| matches!(replay, Replay::Differs(_));
        arrived && !self.executions.iter().any(differs)
    }
}

impl ImportAws {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        if let Some(url) = &self.endpoint_url {
            check(url)?;
        }
        let source = Source::new(Access {
            endpoint_url: self.endpoint_url.clone(),
            lambda_endpoint: None,
            region: region(self.region.clone()),
            credentials: credentials()?,
        })?;
        let client = Client::new(&self.client)?;
        let listed = self.listed(&source).await?;
        tell_other_arns(&client, &listed).await?;
        let mut imported = Vec::new();
        for machine in listed {
            imported.push(self.import(&source, &client, &machine).await?);
        }
        report::print(&imported, self.dry_run, format);
        let well = imported.iter().all(Imported::is_well);
        Ok(if well { Answer::Positive } else { Answer::Negative })
    }

    async fn listed(&self, source: &Source) -> Result<Vec<Listed>, CommandError> {
        let mut found = source.machines().await?;
        let there = |name: &String| found.iter().any(|it| it.name == *name);
        if let Some(missing) = self.machines.iter().find(|name| !there(name)) {
            let message = format!("there is no state machine `{missing}` there");
            return Err(CommandError::usage(message));
        }
        found.retain(|it| self.machines.is_empty() || self.machines.contains(&it.name));
        Ok(found)
    }

    async fn import(
        &self,
        source: &Source,
        client: &Client,
        listed: &Listed,
    ) -> Result<Imported, CommandError> {
        let name = &*listed.name;
        let mut machine = match refused(source.machine(listed).await)? {
            Ok(Some(machine)) => machine,
            Ok(None) => return Ok(Imported::new(name, Outcome::BeingDeleted)),
            Err(why) => return Ok(Imported::new(name, Outcome::Refused(why))),
        };
        let diagnostics = StateMachine::check_as(kind(&machine), &machine.definition);
        let faulty = diagnostics.iter().any(|it| it.severity == Severity::Error);
        let parsed = StateMachine::parse(&machine.definition).ok().filter(|_| !faulty);
        let Some(parsed) = parsed else {
            return Ok(Imported { diagnostics, ..Imported::new(name, Outcome::Faulty) });
        };
        let mut remarks = Vec::new();
        match refused(source.tags(listed).await)? {
            Ok(tags) => machine.tags = Some(tags),
            Err(why) => remarks.push(format!("its tags are not known: {why}")),
        }
        let outcome = match refused(apply(client, &machine, self.dry_run).await)? {
            Ok(action) => Outcome::Registered(action),
            Err(why) => Outcome::Refused(why),
        };
        let graph = self.graph.then(|| Drawing::new(&parsed, None).write(Language::Mermaid));
        let mut imported = Imported { diagnostics, graph, remarks, ..Imported::new(name, outcome) };
        match refused(source.versions(listed).await)? {
            Ok(versions) => imported.versions = versions,
            Err(why) => imported.remarks.push(format!("its versions are not known: {why}")),
        }
        match refused(source.aliases(listed).await)? {
            Ok(aliases) => imported.aliases = aliases,
            Err(why) => imported.remarks.push(format!("its aliases are not known: {why}")),
        }
        // Express machines keep no executions.
        if self.histories > 0 && machine.r#type == StateMachineType::Standard {
            self.replay(source, listed, &mut imported).await?;
        }
        Ok(imported)
    }

    async fn replay(
        &self,
        source: &Source,
        listed: &Listed,
        imported: &mut Imported,
    ) -> Result<(), CommandError> {
        let ended = match refused(source.ended(listed, self.histories).await)? {
            Ok(ended) => ended,
            Err(why) => {
                imported.remarks.push(format!("its executions are not known: {why}"));
                return Ok(());
            }
        };
        for execution in ended {
            let replayed = match refused(source.recording(&execution).await)? {
                Ok(it) => match offline::recorded_machine(&it.definition) {
                    Ok(machine) => replay(&Arc::new(machine), &it.described, &it.events),
                    Err(_) => Replay::NotReplayed("its definition is faulty".to_owned()),
                },
                Err(why) => Replay::NotReplayed(why),
            };
            imported.executions.push((execution.name, replayed));
        }
        Ok(())
    }
}

fn kind(machine: &Machine) -> MachineType {
    match machine.r#type {
        StateMachineType::Express => MachineType::Express,
        StateMachineType::Standard | StateMachineType::Unspecified => MachineType::Standard,
    }
}

/// A refusal concerns one machine, and the others go on; whatever else it is ends the import.
fn refused<T>(answer: Result<T, CommandError>) -> Result<Result<T, String>, CommandError> {
    match answer {
        Err(CommandError { remedy: Remedy::Refused | Remedy::Usage, message, .. }) => {
            Ok(Err(message))
        }
        Err(error) => Err(error),
        Ok(value) => Ok(Ok(value)),
    }
}

/// Definitions name machines and activities by ARNs, and those of another account are nowhere here.
async fn tell_other_arns(client: &Client, listed: &[Listed]) -> Result<(), CommandError> {
    let Some(first) = listed.first() else { return Ok(()) };
    let parts: Vec<&str> = first.arn.split(':').collect();
    let ["arn", partition, _, region, account, ..] = parts[..] else { return Ok(()) };
    let ours = settings(client).await?;
    if (ours.partition(), ours.region(), ours.account()) != (partition, region, account) {
        output::note(format!(
            "ARNs there are of {partition}, {region}, {account}, here of {}, {}, {}: what definitions name by its ARN \
             is found once `everstep namespace update {} --partition {partition} --region {region} --account {account}` \
             makes them equal",
            ours.partition(),
            ours.region(),
            ours.account(),
            client.namespace
        ));
    }
    Ok(())
}
