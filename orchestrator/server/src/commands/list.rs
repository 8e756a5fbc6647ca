//! `everstep list`: lists executions, the newest first.

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use everstep_proto::v1::list_executions_response::Item;
use everstep_proto::v1::{ExecutionStatus, ListExecutionsRequest};
use prost_types::Timestamp;
use serde_json::{Value, json};

use super::execution::status_name;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

/// How many the server gives at once.
const PAGE: u32 = 1000;

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those of this state machine (its name or ARN)
    #[arg(long)]
    machine: Option<String>,
    /// The children of this map run (its ARN)
    #[arg(long, conflicts_with = "machine", value_name = "ARN")]
    map_run: Option<String>,
    /// Only those of this status
    #[arg(long)]
    status: Option<Status>,
    /// Only those started at this time or later (RFC 3339)
    #[arg(long, value_name = "TIME")]
    started_from: Option<DateTime<Utc>>,
    /// Only those started before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    started_before: Option<DateTime<Utc>>,
    /// At most so many; 0: all
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl From<Status> for ExecutionStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Running => Self::Running,
            Status::Succeeded => Self::Succeeded,
            Status::Failed => Self::Failed,
            Status::TimedOut => Self::TimedOut,
            Status::Aborted => Self::Aborted,
        }
    }
}

impl List {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let (executions, more) = self.fetch(&client).await?;
        match format {
            Format::Text => show(&executions, more),
            Format::Json => output::document(&executions.iter().map(document).collect()),
        }
        Ok(Answer::Positive)
    }

    /// The executions, and whether there are more.
    async fn fetch(&self, client: &Client) -> Result<(Vec<Item>, bool), CommandError> {
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        let mut executions = Vec::new();
        let mut next_token = String::new();
        loop {
            let missing = limit - executions.len();
            let request = ListExecutionsRequest {
                namespace: client.namespace.clone(),
                state_machine: self.machine.clone().unwrap_or_default(),
                status: self.status.map_or(ExecutionStatus::Unspecified, Into::into).into(),
                started_from: self.started_from.map(instant),
                started_before: self.started_before.map(instant),
                max_results: u32::try_from(missing).map_or(PAGE, |missing| missing.min(PAGE)),
                next_token,
                map_run: self.map_run.clone().unwrap_or_default(),
                ..ListExecutionsRequest::default()
            };
            let request = client.request(request);
            let page = client.call(client.executions().list_executions(request)).await?;
            executions.extend(page.executions);
            if page.next_token.is_empty() || executions.len() >= limit {
                return Ok((executions, !page.next_token.is_empty()));
            }
            next_token = page.next_token;
        }
    }
}

fn instant(at: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).expect("less than 2^31");
    Timestamp { seconds: at.timestamp(), nanos }
}

fn show(executions: &[Item], more: bool) {
    if executions.is_empty() {
        return output::note("no such executions");
    }
    let mut table = Table::new(["STATUS", "STARTED", "TOOK", "MACHINE", "NAME"]);
    for item in executions {
        table.row([
            status_name(item.status()).to_owned(),
            output::iso(item.started_at),
            took(item),
            item.state_machine_arn.rsplit(':').next().unwrap_or_default().to_owned(),
            item.name.clone(),
        ]);
    }
    output::write(&table.render());
    if more {
        output::note("there are more; --limit 0 shows all");
    }
}

fn took(item: &Item) -> String {
    let (started, stopped) =
        (output::timestamp(item.started_at), output::timestamp(item.stopped_at));
    let took =
        started.zip(stopped).and_then(|(started, stopped)| (stopped - started).to_std().ok());
    took.map(output::span).unwrap_or_default()
}

fn document(item: &Item) -> Value {
    json!({
        "executionArn": item.execution_arn,
        "stateMachineArn": item.state_machine_arn,
        "name": item.name,
        "status": status_name(item.status()),
        "startedAt": output::iso(item.started_at),
        "stoppedAt": output::timestamp(item.stopped_at).map(output::iso_of),
        "redriveCount": item.redrive_count,
        "redrivenAt": output::timestamp(item.redriven_at).map(output::iso_of),
        "mapRunArn": Some(&item.map_run_arn).filter(|arn| !arn.is_empty()),
        "itemCount": item.item_count,
    })
}
