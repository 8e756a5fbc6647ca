//! `everstep migrate`: brings the database's schema to this version's.

use clap::Args;
use serde_json::json;
use store::{Store, StoreOptions};

use super::server::DatabaseSettings;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};
use crate::serve::refusal;

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    database: DatabaseSettings,
}

impl Migrate {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let options = StoreOptions::new(self.database.url());
        let store = Store::connect(options).await.map_err(|error| refusal(&error))?;
        let report = store.migrate().await.map_err(|error| refusal(&error))?;
        match format {
            Format::Text if report.applied.is_empty() => {
                output::line(format!("the schema is at version {}: nothing to do", report.version));
            }
            Format::Text => {
                let applied: Vec<String> = report.applied.iter().map(i64::to_string).collect();
                output::line(format!(
                    "applied {}; the schema is at version {}",
                    applied.join(", "),
                    report.version
                ));
            }
            Format::Json => {
                output::document(&json!({ "applied": report.applied, "version": report.version }));
            }
        }
        Ok(Answer::Positive)
    }
}
