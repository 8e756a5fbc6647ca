//! The two faces of the API beside each other: the order workload over gRPC, with unary polls and completions, and over AWS's API,
//! one task a call in both. Callers and worker are one process, the same for each face. Then what idle polls cost, and what signatures do.

mod aws;
mod grpc;
mod idle;
mod load;
mod signature;

use std::process::{Command, Stdio};

use clap::ValueEnum;

pub(crate) use load::Load;

use crate::machine::spent;
use crate::report::ClientReport;
use crate::stage::{self, AccessKey, Stage};
use crate::workload::Workload;
use crate::{Fault, measure, runtime};

/// In turn, so that a machine that grows slower does so for both.
const ROUNDS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Face {
    Grpc,
    Aws,
    /// AWS's API, each call signed
    Signed,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Callers in a closed loop; as many pollers for each queue
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// How long each run lasts
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Polls of an activity that has no task
    #[arg(long, default_value_t = 2_000)]
    idle_polls: usize,
}

pub(crate) fn run(options: &Options) -> Result<(), Fault> {
    let everstep = stage::everstep(None)?;
    let folder = measure::Folder::new();
    let cluster = stage::start_cluster(folder.path())?;
    let runtime = runtime()?;
    let stage = runtime.block_on(Stage::set(&everstep, cluster, &[Workload::Order]))?;
    let load = Runner { stage: &stage, options, key: None };
    let [grpc, aws] = load.in_turn([Face::Grpc, Face::Aws])?;
    println!(
        "AWS's API reaches {:.0} % of gRPC's rate (medians of {ROUNDS})",
        100.0 * aws.0 / grpc.0
    );

    let server = stage.server();
    let idle = runtime.block_on(idle::measure(stage.address(), server, options.idle_polls))?;
    println!(
        "{} idle polls: {:.0} MB and {:.2} % of a core in the server",
        options.idle_polls,
        crate::report::count(idle.memory_kb) / 1e3,
        idle.cpu_percent
    );

    // From here on every call must be signed.
    let load = Runner { key: Some(stage.create_key(&everstep)?), ..load };
    let [signed] = load.in_turn([Face::Signed])?;
    println!(
        "a signed order costs the server {:.2} ms of processor time, an unsigned one {:.2} ms",
        signed.1, aws.1
    );
    Ok(())
}

/// Orders a second, and milliseconds of the server's processor time for one.
type Pace = (f64, f64);

#[derive(Clone)]
struct Runner<'a> {
    stage: &'a Stage,
    options: &'a Options,
    key: Option<AccessKey>,
}

impl Runner<'_> {
    /// Medians, after a short run of each that does not count.
    fn in_turn<const N: usize>(&self, faces: [Face; N]) -> Result<[Pace; N], Fault> {
        for face in faces {
            self.load(face, 2.0)?;
        }
        let mut paces = [const { (Vec::new(), Vec::new()) }; N];
        for _ in 0..ROUNDS {
            for (face, (rates, costs)) in faces.into_iter().zip(&mut paces) {
                let server = self.stage.server();
                let before = spent(&[server]).cpu_s[server.name];
                let report = self.load(face, self.options.seconds)?;
                let cpu_ms = 1e3 * (spent(&[server]).cpu_s[server.name] - before);
                let executions = crate::report::count(report.executions);
                let (rate, cost) = (executions / report.seconds, cpu_ms / executions);
                println!(
                    "{face:?}: {rate:.0} executions/s, p50 {:.1} ms, p99 {:.1} ms, server {cost:.2} CPU ms each",
                    report.p50_ms, report.p99_ms
                );
                rates.push(rate);
                costs.push(cost);
            }
        }
        Ok(paces.map(|(rates, costs)| (median(rates), median(costs))))
    }

    fn load(&self, face: Face, seconds: f64) -> Result<ClientReport, Fault> {
        let face = face.to_possible_value().ok_or("a face without a name")?;
        let mut load = Command::new(std::env::current_exe()?);
        load.args(["face-load", "--face", face.get_name(), "--address", self.stage.address()])
            .args(["--concurrency", &self.options.concurrency.to_string()])
            .args(["--seconds", &seconds.to_string()]);
        if let Some(AccessKey { id, secret }) = &self.key {
            load.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
        }
        let output = load.stderr(Stdio::inherit()).output()?;
        let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
        ClientReport::from_json(&report)
            .ok_or_else(|| format!("the load ended with {}", output.status).into())
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
