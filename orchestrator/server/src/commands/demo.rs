//! `everstep demo`: the order pipeline with everything it needs, and how each order ended beside how it should.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::json;

use crate::cli::ClientSettings;
use crate::client::Client;
use crate::config::duration;
use crate::demo::{Orders, Progress, Stage, Verdict};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};
use crate::serve::stop_signal;

/// Progress is told so often where it can't be drawn in place.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// For one call; a server that is killed is started again within it.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// A folder for data and logs. Not given: a new one among the temporary files, which stays
    #[arg(long, value_name = "PATH")]
    data_dir: Option<PathBuf>,
    /// Keep server and workers running afterwards, until Ctrl-C
    #[arg(long)]
    keep_running: bool,
    /// Orders that have not ended by then count as ended otherwise
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration::parse)]
    give_up_after: Duration,
}

impl Demo {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let mut stop = Box::pin(stop_signal()?);
        output::note(
            "Starting a server with a private PostgreSQL, and a worker process per queue …",
        );
        let stage = tokio::select! {
            stage = Stage::set(self.data_dir.clone()) => stage?,
            () = &mut stop => return Err(interrupted()),
        };
        output::note(format!(
            "The server is at {}, data and logs are in {}.",
            stage.address,
            stage.folder.display()
        ));
        let outcome = tokio::select! {
            outcome = self.play(&stage, format) => outcome,
            () = &mut stop => Err(interrupted()),
        };
        if self.keep_running && outcome.is_ok() {
            output::note("Server and workers keep running; Ctrl-C stops them.");
            stop.await;
        }
        output::note("Stopping …");
        stage.clear().await;
        outcome
    }

    async fn play(&self, stage: &Stage, format: Format) -> Result<Answer, CommandError> {
        let began = Instant::now();
        let client = Client::new(&ClientSettings {
            address: stage.address.clone(),
            namespace: "default".to_owned(),
            access_key_id: None,
            secret_access_key: None,
            timeout: CALL_TIMEOUT,
        })?;
        let prefix = prefix(stage);
        let orders = Orders::new(client, prefix.clone(), began + self.give_up_after);
        orders.register().await?;
        let mut teller = Teller::new(began);
        orders.start(|progress| teller.tell(progress)).await?;
        orders.wait(|progress| teller.tell(progress)).await?;
        let took = began.elapsed();
        teller.end();
        let verdict = orders.judge().await?;
        match format {
            Format::Text => output::write(&self.text(stage, &verdict, &prefix, took)),
            Format::Json => {
                let mut document = verdict.document();
                document["seconds"] = json!(took.as_secs_f64());
                document["address"] = json!(stage.address);
                document["dataDir"] = json!(stage.data_dir());
                output::document(&document);
            }
        }
        Ok(if verdict.all_as_they_should() { Answer::Positive } else { Answer::Negative })
    }

    fn text(&self, stage: &Stage, verdict: &Verdict, prefix: &str, took: Duration) -> String {
        let mut lines = vec![String::new(), verdict.table()];
        let (all, took) = (verdict.orders(), output::span(took));
        if verdict.all_as_they_should() {
            lines.push(format!("All {all} orders ended as they should, in {took}."));
        } else {
            let otherwise = &verdict.otherwise;
            let count = otherwise.len();
            lines.push(format!(
                "{count} of {all} orders ended otherwise than they should ({took}):"
            ));
            lines.extend(otherwise.iter().map(|(name, mismatch)| format!("  {name}: {mismatch}")));
        }
        lines.push(self.next_steps(stage, verdict, prefix));
        lines.join("\n")
    }

    fn next_steps(&self, stage: &Stage, verdict: &Verdict, prefix: &str) -> String {
        let everstep = executable();
        let flag =
            if self.keep_running { format!(" --address {}", stage.address) } else { String::new() };
        let look_at = match verdict.otherwise.first() {
            Some((name, _)) => name.clone(),
            None => format!("{prefix}slow-always-1"),
        };
        let again = if self.keep_running {
            String::new()
        } else {
            format!(
                "  {everstep} dev --data-dir {}   (the server again, on the same data)\n",
                stage.data_dir().display()
            )
        };
        format!(
            "\nTo look further:\n{again}\
             \x20 {everstep} list{flag} --machine order\n\
             \x20 {everstep} describe{flag} order/{look_at}\n\
             \x20 {everstep} history{flag} order/{look_at}\n\
             \x20 {everstep} graph{flag} order/{look_at}\n"
        )
    }
}

fn interrupted() -> CommandError {
    CommandError::unavailable("the demo was interrupted before its orders had ended")
}

/// In a folder that was used before, names must differ from those of the earlier runs.
fn prefix(stage: &Stage) -> String {
    if !stage.used_before {
        return String::new();
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}-", since.as_secs())
}

/// As one may type it: relative where that is shorter.
fn executable() -> String {
    let path = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("everstep"));
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here)
        .map_or_else(|_| path.display().to_string(), |path: &Path| path.display().to_string())
}

/// Tells people how far the orders are: in place on a terminal, else in a line now and then.
struct Teller {
    began: Instant,
    told_at: Option<Instant>,
}

impl Teller {
    fn new(began: Instant) -> Self {
        Self { began, told_at: None }
    }

    fn tell(&mut self, progress: Progress) {
        let Progress { started, ended, all } = progress;
        let text = format!(
            "{started} of {all} orders started, {ended} ended, {}",
            output::span(self.began.elapsed())
        );
        if output::notes_on_terminal() {
            output::note_in_place(&text);
        } else if self.told_at.is_none_or(|told_at| told_at.elapsed() >= TELL_EVERY) || ended == all
        {
            self.told_at = Some(Instant::now());
            output::note(text);
        }
    }

    /// The line that was drawn in place stays.
    fn end(self) {
        if self.told_at.is_none() {
            output::note("");
        }
    }
}
