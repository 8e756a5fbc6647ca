//! What a run has shown: the table for people and the JSON for comparing.
use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::Fault;
use crate::workload::Workload;

#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) workload: Workload,
    pub(crate) concurrency: usize,
    pub(crate) client: ClientReport,
    /// Processor seconds of each process in the run.
    pub(crate) cpu_s: BTreeMap<&'static str, f64>,
    pub(crate) stolen_s: f64,
    pub(crate) wal_bytes: f64,
    pub(crate) history_rows: u64,
}

/// What the client process saw; the one line that it prints.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClientReport {
    pub(crate) executions: u64,
    pub(crate) seconds: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl ClientReport {
    /// Waits for the callers, each of which brings its executions' milliseconds.
    pub(crate) async fn of(
        callers: Vec<JoinHandle<Result<Vec<f64>, Fault>>>,
        begin: Instant,
    ) -> Result<Self, Fault> {
        let mut latencies_ms = Vec::new();
        for caller in callers {
            latencies_ms.extend(caller.await??);
        }
        let seconds = begin.elapsed().as_secs_f64();
        latencies_ms.sort_by(f64::total_cmp);
        Ok(Self {
            executions: latencies_ms.len() as u64,
            seconds,
            p50_ms: percentile(&latencies_ms, 0.5),
            p99_ms: percentile(&latencies_ms, 0.99),
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "executions": self.executions,
            "seconds": self.seconds,
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
        })
    }

    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            executions: value["executions"].as_u64()?,
            seconds: value["seconds"].as_f64()?,
            p50_ms: value["p50_ms"].as_f64()?,
            p99_ms: value["p99_ms"].as_f64()?,
        })
    }
}

impl Run {
    fn executions(&self) -> f64 {
        count(self.client.executions)
    }
    fn steps(&self) -> f64 {
        self.executions() * count(self.workload.steps() as u64)
    }
    fn executions_per_s(&self) -> f64 {
        self.executions() / self.client.seconds
    }
    fn task_steps_per_s(&self) -> f64 {
        self.executions_per_s() * count(self.workload.tasks() as u64)
    }
    pub(crate) fn cpu_ms_per_execution(&self) -> f64 {
        self.cpu_s.values().sum::<f64>() * 1e3 / self.executions()
    }
    fn stolen_cores(&self) -> f64 {
        self.stolen_s / self.client.seconds
    }

    pub(crate) fn to_json(&self, floor_rows_per_s: f64) -> Value {
        json!({
            "workload": self.workload.name(),
            "concurrency": self.concurrency,
            "executions_per_s": rounded(self.executions_per_s()),
            "task_steps_per_s": rounded(self.task_steps_per_s()),
            "p50_ms": rounded(self.client.p50_ms),
            "p99_ms": rounded(self.client.p99_ms),
            "cpu_ms_per_execution": rounded(self.cpu_ms_per_execution()),
            "wal_bytes_per_step": rounded(self.wal_bytes / self.steps()),
            "floor_rows_per_s": rounded(floor_rows_per_s),
            "stolen_cores": rounded(self.stolen_cores()),
        })
    }

    pub(crate) fn line(&self) -> String {
        let per_1000: Vec<String> = self
            .cpu_s
            .iter()
            .map(|(name, cpu_s)| format!("{name} {:.2}", cpu_s * 1e3 / self.steps()))
            .collect();
        format!(
            "{:<13}{:>5}{:>10.1}{:>10.0}{:>9.2}{:>9.2}{:>9.2}{:>9.0}{:>8.2}{:>8.2}  {}",
            self.workload.name(),
            self.concurrency,
            self.executions_per_s(),
            self.task_steps_per_s(),
            self.client.p50_ms,
            self.client.p99_ms,
            self.cpu_ms_per_execution(),
            self.wal_bytes / self.steps(),
            count(self.history_rows) / self.executions(),
            self.stolen_cores(),
            per_1000.join(", "),
        )
    }
}

pub(crate) fn heading() -> String {
    format!(
        "{:<13}{:>5}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}  CPU s by process per 1,000 steps",
        "workload",
        "conc",
        "exec/s",
        "tasks/s",
        "p50 ms",
        "p99 ms",
        "CPU ms/x",
        "WAL B/st",
        "rows/x",
        "stolen",
    )
}

/// Exact below 2^53: no run counts that far.
#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^53")]
pub(crate) fn count(number: u64) -> f64 {
    number as f64
}

/// Four digits behind the point are more than a run can tell.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

/// The value below which a share of the sorted samples lies.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a length is an index"
)]
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((count(last as u64) * share) as usize).copied().unwrap_or(f64::NAN)
}
