//! Log lines: to standard error, so that standard output stays the command's answer.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::cli::Global;
use crate::error::CommandError;
use crate::output::Format;

pub(crate) fn init(global: &Global) -> Result<(), CommandError> {
    let filter = EnvFilter::try_new(&global.log).map_err(|error| {
        CommandError::usage(format!(
            "the log filter `{}` is wrong: {error}; write a level or `target=level` pairs",
            global.log
        ))
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match global.log_format {
        Format::Text => lines.with_ansi(io::stderr().is_terminal()).init(),
        Format::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
