//! The executable `everstep`: settings, commands, start and stop. No logic of workflows lives here.

mod cli;
mod client;
mod commands;
mod config;
mod demo;
mod dev;
mod error;
mod graph;
mod output;
mod serve;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::cli::Cli;
use crate::error::CommandError;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let matches = match config::read_settings(std::env::args_os().collect()) {
        Ok(matches) => matches,
        Err(config::Unreadable::Usage(error)) => error.exit(),
        Err(config::Unreadable::File(error)) => return fail(&error, output::Format::Text),
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

fn fail(error: &CommandError, format: output::Format) -> ExitCode {
    output::error(error, format);
    error.exit_code()
}
