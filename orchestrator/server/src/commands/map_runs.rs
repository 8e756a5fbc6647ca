//! `everstep map-runs`: the child executions of Distributed Maps, counted together, and their limits.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use everstep_proto::v1::list_map_runs_response::Item;
use everstep_proto::v1::{
    DescribeMapRunRequest, ListMapRunsRequest, MapRun, MapRunCounts, UpdateMapRunRequest,
};
use serde_json::{Value, json};

use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum MapRuns {
    /// List the map runs of an execution, the newest first
    List(List),
    /// Show how far a map run has come
    Describe(Described),
    /// Change the limits of a map run that runs; what is not given stays
    Update(Update),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The execution's ARN, or MACHINE/NAME
    execution: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Described {
    /// The map run's ARN
    map_run: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The map run's ARN
    map_run: String,
    /// Children at a time; 0: as many as the server runs of one map run
    #[arg(long, value_name = "COUNT")]
    max_concurrency: Option<u64>,
    /// Items that may fail
    #[arg(long, value_name = "COUNT")]
    tolerated_failure_count: Option<u64>,
    /// The share of items that may fail, 0 to 100
    #[arg(long, value_name = "PERCENT")]
    tolerated_failure_percentage: Option<f64>,
    #[command(flatten)]
    client: ClientSettings,
}

impl MapRuns {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        match self {
            Self::List(List { execution, client }) => {
                let client = Client::new(&client)?;
                let runs = all(&client, client.execution_arn(&execution).await?).await?;
                match format {
                    Format::Text => show(runs),
                    Format::Json => output::document(&runs.iter().map(item_document).collect()),
                }
            }
            Self::Describe(Described { map_run, client }) => {
                let client = Client::new(&client)?;
                let run = describe(&client, map_run).await?;
                match format {
                    Format::Text => output::write(&text(&run)),
                    Format::Json => output::document(&document(&run)),
                }
            }
            Self::Update(update) => {
                let client = Client::new(&update.client)?;
                let request = UpdateMapRunRequest {
                    map_run: update.map_run,
                    max_concurrency: update.max_concurrency,
                    tolerated_failure_count: update.tolerated_failure_count,
                    tolerated_failure_percentage: update.tolerated_failure_percentage,
                    namespace: client.namespace.clone(),
                };
                let request = client.request(request);
                client.call(client.map_runs().update_map_run(request)).await?;
            }
        }
        Ok(Answer::Positive)
    }
}

async fn all(client: &Client, execution: String) -> Result<Vec<Item>, CommandError> {
    client::every_page(async |next_token| {
        let request = ListMapRunsRequest {
            execution: execution.clone(),
            max_results: 1000,
            next_token,
            namespace: client.namespace.clone(),
        };
        let page = client.call(client.map_runs().list_map_runs(client.request(request))).await?;
        Ok((page.map_runs, page.next_token))
    })
    .await
}

async fn describe(client: &Client, map_run: String) -> Result<MapRun, CommandError> {
    let request = DescribeMapRunRequest { map_run, namespace: client.namespace.clone() };
    client.call(client.map_runs().describe_map_run(client.request(request))).await
}

fn show(runs: Vec<Item>) {
    if runs.is_empty() {
        return output::note("the execution has no map runs");
    }
    let mut table = Table::new(["STARTED", "STOPPED", "MAP RUN"]);
    for run in runs {
        let stopped = output::timestamp(run.stopped_at).map(output::iso_of).unwrap_or_default();
        table.row([output::iso(run.started_at), stopped, run.map_run_arn]);
    }
    output::write(&table.render());
}

fn text(run: &MapRun) -> String {
    let stopped = output::timestamp(run.stopped_at).map(output::iso_of).unwrap_or_default();
    let limits = format!(
        "{} at a time (0: no limit of its own); failures tolerated: {}, {} %",
        run.max_concurrency, run.tolerated_failure_count, run.tolerated_failure_percentage
    );
    let mut text = format!("{}  {}\n", status(run), run.map_run_arn);
    for (name, value) in [
        ("execution", run.execution_arn.clone()),
        ("started", output::iso(run.started_at)),
        ("stopped", stopped),
        ("limits", limits),
        ("items", counts_text(run.item_counts.as_ref())),
        ("children", counts_text(run.execution_counts.as_ref())),
    ] {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:<10}{value}");
        }
    }
    text
}

/// The total, and what is not nought of the rest.
fn counts_text(counts: Option<&MapRunCounts>) -> String {
    let counts = counts.copied().unwrap_or_default();
    let mut text = counts.total.to_string();
    for (count, what) in [
        (counts.pending, "pending"),
        (counts.running, "running"),
        (counts.succeeded, "succeeded"),
        (counts.failed, "failed"),
        (counts.timed_out, "timed out"),
        (counts.aborted, "aborted"),
        (counts.pending_redrive, "pending redrive"),
        (counts.results_written, "written"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text
}

fn status(run: &MapRun) -> &'static str {
    run.status().as_str_name().trim_start_matches("MAP_RUN_STATUS_")
}

fn item_document(run: &Item) -> Value {
    json!({
        "mapRunArn": run.map_run_arn,
        "executionArn": run.execution_arn,
        "stateMachineArn": run.state_machine_arn,
        "startedAt": output::iso(run.started_at),
        "stoppedAt": output::timestamp(run.stopped_at).map(output::iso_of),
    })
}

fn document(run: &MapRun) -> Value {
    json!({
        "mapRunArn": run.map_run_arn,
        "executionArn": run.execution_arn,
        "status": status(run),
        "startedAt": output::iso(run.started_at),
        "stoppedAt": output::timestamp(run.stopped_at).map(output::iso_of),
        "maxConcurrency": run.max_concurrency,
        "toleratedFailureCount": run.tolerated_failure_count,
        "toleratedFailurePercentage": run.tolerated_failure_percentage,
        "itemCounts": counts_document(run.item_counts.as_ref()),
        "executionCounts": counts_document(run.execution_counts.as_ref()),
        "redriveCount": run.redrive_count,
        "redrivenAt": output::timestamp(run.redriven_at).map(output::iso_of),
    })
}

fn counts_document(counts: Option<&MapRunCounts>) -> Value {
    let counts = counts.copied().unwrap_or_default();
    json!({
        "pending": counts.pending,
        "running": counts.running,
        "succeeded": counts.succeeded,
        "failed": counts.failed,
        "timedOut": counts.timed_out,
        "aborted": counts.aborted,
        "total": counts.total,
        "resultsWritten": counts.results_written,
        "failuresNotRedrivable": counts.failures_not_redrivable,
        "pendingRedrive": counts.pending_redrive,
    })
}
