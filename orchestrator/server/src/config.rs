//! Settings: flags win over environment variables, those over the file of `--config`.
//!
//! The command line (`cli.rs`) declares every setting; a value of the file becomes the flag's default. So a file's
//! values are read by the same parsers as a flag's, and no setting is declared twice.

#[cfg(test)]
mod docs;
pub(crate) mod duration;
mod file;
pub(crate) mod log;
pub(crate) mod objects;
pub(crate) mod seal;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory as _};

use crate::cli::Cli;
use crate::error::CommandError;
use crate::output::Format;

/// Why there are no settings.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The command line or an environment variable is wrong, or help was asked for: clap's to print.
    Usage(clap::Error),
    /// The file is wrong.
    File(CommandError),
}

/// Reads the command line, the environment, and the file if one is named.
pub(crate) fn read_settings(args: &[OsString]) -> Result<ArgMatches, Unreadable> {
    let mut command = Cli::command();
    if let Some(path) = file_named(args) {
        let values = file::read(&path).map_err(Unreadable::File)?;
        command = file::apply(command, &path, &values).map_err(Unreadable::File)?;
    }
    command.try_get_matches_from(args).map_err(Unreadable::Usage)
}

/// The file must be known before the command line is parsed: its values are the flags' defaults.
fn file_named(args: &[OsString]) -> Option<PathBuf> {
    given(args, "--config", "EVERSTEP_CONFIG").map(PathBuf::from)
}

/// In which form an error is wanted that is found before the command line has been read.
pub(crate) fn format_asked(args: &[OsString]) -> Format {
    match given(args, "--output", "EVERSTEP_OUTPUT") {
        Some(format) if format == "json" => Format::Json,
        Some(_) | None => Format::Text,
    }
}

/// What the flag, or else the variable, says.
fn given(args: &[OsString], flag: &str, variable: &str) -> Option<OsString> {
    let mut args = args.iter().skip(1).take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == flag {
            return args.next().cloned();
        }
        let value = arg.to_str().and_then(|arg| arg.strip_prefix(flag)?.strip_prefix('='));
        if let Some(value) = value {
            return Some(value.into());
        }
    }
    std::env::var_os(variable).filter(|value| !value.is_empty())
}
