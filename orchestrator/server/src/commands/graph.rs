//! `everstep graph`: draws a definition, or an execution with the path that it has taken.

use std::path::{Path, PathBuf};

use asl::StateMachine;
use clap::Args;
use serde_json::json;

use super::history::Pages;
use super::{describe, input, validate};
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::graph::{Drawing, Language, Taken};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// A definition's file (`-`: standard input), or an execution's ARN or MACHINE/NAME
    what: String,
    /// The language of the drawing
    #[arg(long, default_value = "mermaid")]
    format: Language,
    #[command(flatten)]
    client: ClientSettings,
}

impl Graph {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let is_file = self.what == "-" || Path::new(&self.what).exists();
        let drawing = if is_file {
            match StateMachine::parse(&input::read(&PathBuf::from(&self.what))?) {
                Ok(machine) => Drawing::new(&machine, None),
                Err(diagnostics) => {
                    let faults = diagnostics.iter().map(|d| validate::text_of(&self.what, d));
                    faults.for_each(output::note);
                    return Ok(Answer::Negative);
                }
            }
        } else {
            of_execution(&self.client, &self.what).await?
        };
        let text = drawing.write(self.format);
        match format {
            Format::Text => output::write(&text),
            Format::Json => output::document(&json!({ "graph": text })),
        }
        Ok(Answer::Positive)
    }
}

async fn of_execution(settings: &ClientSettings, what: &str) -> Result<Drawing, CommandError> {
    if !what.starts_with("arn:") && !what.contains('/') {
        return Err(CommandError::usage(format!(
            "there is no file `{what}`, and it is no execution either; write a path, an execution's ARN or MACHINE/NAME"
        )));
    }
    let client = Client::new(settings)?;
    let execution = describe::describe(&client, what).await?;
    let machine = client.describe_machine_of(&execution.execution_arn).await?;
    let definition = StateMachine::parse(&machine.definition).map_err(|_| {
        CommandError::internal(
            "the server gave a definition that is not valid; is it of another version?",
        )
    })?;
    let pages = Pages {
        execution: execution.execution_arn,
        reverse: false,
        without_payloads: true,
        limit: usize::MAX,
    };
    let events = pages.read(&client).await?;
    Ok(Drawing::new(&definition, Some(&Taken::read(&events))))
}
