//! The pace of the pure floors alone, measured by `execution`'s own benchmark as a process of its own; and what share of
//! an execution's cost that is.
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Fault;
use crate::report::Run;
use crate::workload::Workload;

#[derive(Debug)]
pub(crate) struct Pace {
    workload: Workload,
    /// On one core.
    states_per_s: f64,
    us_per_execution: f64,
}

impl Pace {
    /// `None` for a workload whose executions wait for workers: the pure floors alone do not end it.
    pub(crate) fn measure(workload: Workload) -> Result<Option<Self>, Fault> {
        let Some(files) = workload.files() else { return Ok(None) };
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["bench", "--quiet", "--package", "execution", "--bench", "pace"]);
        cargo.args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"),
            "--",
        ]);
        let output = cargo.args(files).stderr(Stdio::inherit()).output()?;
        let line: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
            format!("the pace was not measured: cargo ended with {}", output.status)
        })?;
        let number = |field: &str| line[field].as_f64().ok_or_else(|| format!("no {field}"));
        let (states_per_s, us_per_execution) =
            (number("states_per_s")?, number("us_per_execution")?);
        Ok(Some(Self { workload, states_per_s, us_per_execution }))
    }

    pub(crate) fn line(&self, runs: &[&Run]) -> String {
        let share = |run: &&Run| {
            let share = self.us_per_execution / (run.cpu_ms_per_execution() * 10.0);
            format!("{share:.0} % of its cost at {}", run.concurrency)
        };
        format!(
            "{}: the pure floors alone do {:.0} states/s on one core, {:.0} us an execution: {}",
            self.workload.name(),
            self.states_per_s,
            self.us_per_execution,
            runs.iter().map(share).collect::<Vec<_>>().join(", ")
        )
    }
}
