//! `everstep history`: the events of an execution, a line each.

use clap::Args;
use everstep_proto::v1::{GetExecutionHistoryRequest, HistoryEvent};

use super::event::{Row, Rows};
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

/// How many events the server gives at once.
const PAGE: u32 = 1000;

#[derive(Debug, Args)]
pub(crate) struct History {
    /// The execution's ARN, or MACHINE/NAME
    execution: String,
    /// The newest events first
    #[arg(long)]
    reverse: bool,
    /// At most so many events; 0: all
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    limit: usize,
    /// Leave inputs and outputs out
    #[arg(long)]
    without_payloads: bool,
    /// Don't shorten what happened
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    client: ClientSettings,
}

/// As much of a payload, an error or a cause as a line of the table takes.
const WHAT_CHARS_MAX: usize = 80;

impl History {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let page = Pages {
            execution: client.execution_arn(&self.execution).await?,
            reverse: self.reverse,
            without_payloads: self.without_payloads,
            limit: if self.limit == 0 { usize::MAX } else { self.limit },
        };
        let events = page.read(&client).await?;
        match format {
            Format::Json => {
                output::document(&events.iter().map(super::event::document).collect());
            }
            Format::Text => {
                let chars_max = if self.full { usize::MAX - 1 } else { WHAT_CHARS_MAX };
                output::write(&table(&events, chars_max).render());
            }
        }
        Ok(Answer::Positive)
    }
}

/// Which events to read.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) execution: String,
    pub(crate) reverse: bool,
    pub(crate) without_payloads: bool,
    pub(crate) limit: usize,
}

impl Pages {
    pub(crate) async fn read(self, client: &Client) -> Result<Vec<HistoryEvent>, CommandError> {
        let mut events = Vec::new();
        let mut next_token = String::new();
        loop {
            let missing = self.limit - events.len();
            let request = GetExecutionHistoryRequest {
                execution: self.execution.clone(),
                namespace: client.namespace.clone(),
                max_results: u32::try_from(missing).map_or(PAGE, |missing| missing.min(PAGE)),
                reverse_order: self.reverse,
                exclude_execution_data: self.without_payloads,
                next_token,
            };
            let request = client.request(request);
            let page = client.call(client.executions().get_execution_history(request)).await?;
            events.extend(page.events);
            if page.next_token.is_empty() || events.len() >= self.limit {
                return Ok(events);
            }
            next_token = page.next_token;
        }
    }
}

/// Which state an event belongs to follows from the events before it, so rows are made in order of their ids.
fn table(events: &[HistoryEvent], chars_max: usize) -> Table {
    let mut table = Table::new(["ID", "TIME (UTC)", "STATE", "TYPE", "ATTEMPT", "WHAT"]);
    let mut rows = Rows::default();
    let newest_first = events.first().map(|event| event.id) > events.last().map(|event| event.id);
    let mut lines: Vec<Row> = if newest_first {
        events.iter().rev().map(|event| rows.row(event)).collect()
    } else {
        events.iter().map(|event| rows.row(event)).collect()
    };
    if newest_first {
        lines.reverse();
    }
    for row in lines {
        let attempt = row.attempt.map(|attempt| attempt.to_string()).unwrap_or_default();
        let what = output::shortened(&row.what, chars_max);
        table.row([row.id.to_string(), row.time, row.state, row.kind, attempt, what]);
    }
    table
}
