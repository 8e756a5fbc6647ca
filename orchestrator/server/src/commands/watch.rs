//! `everstep watch`: follows an execution to its end, a line per event, and across the loss of a server.

use std::time::{Duration, Instant};

use clap::Args;
use everstep_proto::v1::{
    ExecutionStatus, HistoryEvent, WatchExecutionRequest, WatchExecutionResponse,
};
use serde_json::json;
use tonic::{Code, Status};

use super::event::{Row, Rows, document};
use super::execution::status_name;
use super::start::answer_of;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

/// As much of a payload or an error as a line takes.
const WHAT_CHARS_MAX: usize = 60;
/// How often the line at the bottom of a terminal is drawn anew.
const REDRAW: Duration = Duration::from_millis(500);
/// The pause before the server is asked again.
const RECONNECT: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The execution's ARN, or MACHINE/NAME
    execution: String,
    /// Begin after the event with this id
    #[arg(long, value_name = "ID", default_value_t = 0)]
    after: u64,
    #[command(flatten)]
    client: ClientSettings,
}

impl Watch {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let execution = client.execution_arn(&self.execution).await?;
        let screen = Screen::new(format);
        let mut watching =
            Watching { client, execution, after: self.after, rows: Rows::default(), screen };
        watching.follow().await.map(answer_of)
    }
}

struct Watching {
    client: Client,
    execution: String,
    after: u64,
    rows: Rows,
    screen: Screen,
}

impl Watching {
    /// The first connection must succeed; after that a server that goes away is waited for.
    async fn follow(&mut self) -> Result<ExecutionStatus, CommandError> {
        let mut connected = false;
        loop {
            match self.stream(&mut connected).await {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => {}
                Err(status) if connected && passes(&status) => {
                    self.screen.remark("the server is away; waiting for it");
                }
                Err(status) => return Err(self.client.refusal(&status)),
            }
            tokio::time::sleep(RECONNECT).await;
        }
    }

    /// Follows one stream; `None`: it broke off before the execution's end.
    async fn stream(&mut self, connected: &mut bool) -> Result<Option<ExecutionStatus>, Status> {
        let request = WatchExecutionRequest {
            execution: self.execution.clone(),
            namespace: self.client.namespace.clone(),
            after_event_id: self.after,
        };
        let mut stream = self.client.executions().watch_execution(request).await?.into_inner();
        *connected = true;
        let mut redraw = tokio::time::interval(REDRAW);
        let mut last = ExecutionStatus::Running;
        loop {
            let message = tokio::select! {
                message = stream.message() => message?,
                _ = redraw.tick() => {
                    self.screen.draw_bottom();
                    continue;
                }
            };
            match message {
                Some(message) => last = self.take(&message),
                None if last == ExecutionStatus::Running => return Ok(None),
                None => {
                    self.screen.end(last);
                    return Ok(Some(last));
                }
            }
        }
    }

    fn take(&mut self, message: &WatchExecutionResponse) -> ExecutionStatus {
        for event in &message.events {
            self.after = event.id;
            let row = self.rows.row(event);
            self.screen.event(event, &row);
        }
        message.status()
    }
}

/// Whether the call is worth repeating.
fn passes(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Cancelled | Code::Unknown | Code::Aborted)
}

/// Where the events are shown: lines, and on a terminal one line below them that is drawn in place.
struct Screen {
    format: Format,
    bottom: Option<Bottom>,
}

struct Bottom {
    since: Instant,
    state: String,
}

impl Screen {
    fn new(format: Format) -> Self {
        let live = format == Format::Text && output::on_terminal();
        let bottom = live.then(|| Bottom { since: Instant::now(), state: String::new() });
        Self { format, bottom }
    }

    fn event(&mut self, event: &HistoryEvent, row: &Row) {
        match self.format {
            Format::Json => output::document(&document(event)),
            Format::Text => {
                let attempt = row
                    .attempt
                    .filter(|&a| a > 1)
                    .map(|a| format!(" (attempt {a})"))
                    .unwrap_or_default();
                let what = output::shortened(&row.what, WHAT_CHARS_MAX);
                self.clear_bottom();
                let text = format!(
                    "{}  {:>4}  {} {}{attempt}  {what}",
                    row.time, row.id, row.kind, row.state
                );
                output::line(text.trim_end());
                if let Some(bottom) = &mut self.bottom {
                    bottom.since = Instant::now();
                    bottom.state.clone_from(&row.state);
                }
                self.draw_bottom();
            }
        }
    }

    fn draw_bottom(&self) {
        if let Some(Bottom { since, state }) = &self.bottom {
            let place = if state.is_empty() { String::new() } else { format!(" in {state}") };
            output::write(&format!(
                "\r\x1b[K… running{place}, {} since the last event",
                output::span(since.elapsed())
            ));
        }
    }

    fn clear_bottom(&self) {
        if self.bottom.is_some() {
            output::write("\r\x1b[K");
        }
    }

    fn remark(&self, text: &str) {
        self.clear_bottom();
        output::note(text);
    }

    fn end(&self, status: ExecutionStatus) {
        self.clear_bottom();
        match self.format {
            Format::Text => output::line(status_name(status)),
            Format::Json => output::document(&json!({ "status": status_name(status) })),
        }
    }
}
