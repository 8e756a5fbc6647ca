//! `conformance [--json FILE] [--differences]`: measures Everstep's language against recorded truth.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use conformance::{Recorded, Tally, measure};

/// Measures Everstep's language against recorded truth: `EVERSTEP_CONFORMANCE`, or the folder beside the repository.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to write the scores as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Tell of each case how it differs.
    #[arg(long)]
    differences: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "conformance: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> std::io::Result<()> {
    let tally = measure(&Recorded::beside())?;
    let mut out = std::io::stdout().lock();
    write!(out, "{tally}")?;
    if arguments.differences {
        tell(&tally, &mut out)?;
    }
    if let Some(file) = &arguments.json {
        let mut json = serde_json::to_string_pretty(&tally.scores())?;
        json.push('\n');
        std::fs::write(file, json)?;
    }
    Ok(())
}

fn tell(tally: &Tally, out: &mut impl std::io::Write) -> std::io::Result<()> {
    for (id, differences) in tally.differences() {
        writeln!(out, "\n{id}")?;
        for difference in differences {
            writeln!(out, "    {difference}")?;
        }
    }
    Ok(())
}
