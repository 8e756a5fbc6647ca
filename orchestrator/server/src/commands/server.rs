//! `everstep server`: a node on a PostgreSQL that somebody else runs.

use clap::Args;
use serde_json::json;

use crate::error::{Answer, CommandError};
use crate::output::{self, Format};
use crate::serve::{Schema, ServeSettings, stop_signal};

#[derive(Debug, Args)]
pub(crate) struct Server {
    #[command(flatten)]
    database: DatabaseSettings,
    /// Bring the database's schema to this version's first, as `everstep migrate` does
    #[arg(long, env = "EVERSTEP_MIGRATE", value_name = "BOOL", default_value = "false", num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set, help_heading = "Settings of a server")]
    migrate: bool,
    #[command(flatten)]
    serve: ServeSettings,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Settings of a server")]
pub(crate) struct DatabaseSettings {
    /// The PostgreSQL database, as postgres://USER:PASSWORD@HOST:PORT/DATABASE
    #[arg(
        long,
        env = "EVERSTEP_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        required = true
    )]
    pub(crate) database_url: Option<String>,
}

impl DatabaseSettings {
    pub(crate) fn url(&self) -> &str {
        self.database_url.as_deref().expect("clap asks for it")
    }
}

impl Server {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let stop = stop_signal()?;
        let bound = self.serve.bind()?;
        let mut stop = Box::pin(stop);
        let schema = if self.migrate { Schema::Migrate } else { Schema::Check };
        let connected = self.serve.connect(self.database.url(), schema);
        let opened = tokio::select! {
            opened = connected => opened?,
            () = &mut stop => return Ok(Answer::Positive),
        };
        let keys = "`everstep keys create` on this database";
        self.serve.check_reach(opened.callers_need_keys, keys)?;
        let listener = bound.listen()?;
        let ready = move |address| match format {
            // Log lines say it already.
            Format::Text => {}
            Format::Json => {
                output::document(&json!({ "ready": true, "address": format!("http://{address}") }));
            }
        };
        self.serve.run(opened, listener, stop, ready).await?;
        Ok(Answer::Positive)
    }
}
