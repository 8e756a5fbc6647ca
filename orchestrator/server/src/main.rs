//! The executable `everstep`: settings, commands, start and stop. No logic of workflows lives here.

mod cli;
mod client;
mod commands;
mod config;
mod demo;
mod dev;
mod error;
mod graph;
mod offline;
mod output;
mod serve;
mod template;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::cli::Cli;
use crate::error::CommandError;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let matches = match config::read_settings(&args) {
        Ok(matches) => matches,
        Err(config::Unreadable::Usage(error)) => {
            return misused(&error, config::format_asked(&args));
        }
        Err(config::Unreadable::File(error)) => return fail(&error, config::format_asked(&args)),
    };
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let format = cli.global.output;
    if let Err(error) = config::log::init(&cli.global) {
        return fail(&error, format);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&CommandError::internal(format!("no threads: {error}")), format),
    };
    match runtime.block_on(Box::pin(commands::run(cli))) {
        Ok(answer) => answer.exit_code(),
        Err(error) => fail(&error, format),
    }
}

/// Help and the version are answers; what is wrong with the command line is told to people as clap writes it.
fn misused(error: &clap::Error, format: output::Format) -> ExitCode {
    if !error.use_stderr() || format == output::Format::Text {
        error.exit()
    }
    let text = error.to_string();
    // What follows is for people: the usage, and where help is.
    let sentence = text.split("\n\n").next().unwrap_or_default();
    fail(&CommandError::usage(sentence.trim_start_matches("error: ")), format)
}

fn fail(error: &CommandError, format: output::Format) -> ExitCode {
    output::error(error, format);
    error.exit_code()
}
