//! The two faces of the API beside each other: the order workload over gRPC, with unary polls and completions, and over AWS's API,
//! one task a call in both. Callers and worker are one process, the same for each face.

mod aws;
mod grpc;
mod load;

use std::process::{Command, Stdio};

use clap::ValueEnum;

pub(crate) use load::Load;

use crate::report::ClientReport;
use crate::stage::{self, Stage};
use crate::workload::Workload;
use crate::{Fault, measure, runtime};

/// In turn, so that a machine that grows slower does so for both.
const ROUNDS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Face {
    Grpc,
    Aws,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Callers in a closed loop; as many pollers for each queue
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// How long each run lasts
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

pub(crate) fn run(options: &Options) -> Result<(), Fault> {
    let everstep = stage::everstep(None)?;
    let folder = measure::Folder::new();
    let cluster = stage::start_cluster(folder.path())?;
    let stage = runtime()?.block_on(Stage::set(&everstep, cluster, &[Workload::Order]))?;
    load(&stage, Face::Grpc, options, 2.0)?;
    load(&stage, Face::Aws, options, 2.0)?;
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (face, rates) in [Face::Grpc, Face::Aws].into_iter().zip(&mut rates) {
            let report = load(&stage, face, options, options.seconds)?;
            let rate = crate::report::count(report.executions) / report.seconds;
            println!(
                "{face:?}: {rate:.0} executions/s, p50 {:.1} ms, p99 {:.1} ms",
                report.p50_ms, report.p99_ms
            );
            rates.push(rate);
        }
    }
    let [grpc, aws] = rates.map(median);
    println!("AWS's API reaches {:.0} % of gRPC's rate (medians of {ROUNDS})", 100.0 * aws / grpc);
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn load(stage: &Stage, face: Face, options: &Options, seconds: f64) -> Result<ClientReport, Fault> {
    let face = face.to_possible_value().ok_or("a face without a name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["face-load", "--face", face.get_name(), "--address", stage.address()])
        .args(["--concurrency", &options.concurrency.to_string()])
        .args(["--seconds", &seconds.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    ClientReport::from_json(&report)
        .ok_or_else(|| format!("the load ended with {}", output.status).into())
}
