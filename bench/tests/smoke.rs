//! A measurement with tiny numbers on this build's binaries: every figure is there, and makes sense.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn a_short_measurement_gives_every_figure() {
    // given
    let bench = Path::new(env!("CARGO_BIN_EXE_bench"));
    let json = std::env::temp_dir().join(format!("everstep-smoke-{}.json", std::process::id()));
    let mut command = Command::new(bench);
    command.args(["order", "--concurrency", "4", "--seconds", "1", "--json"]).arg(&json);
    // `cargo test --workspace` has built it; a test that is run by itself has it built.
    let everstep = bench.with_file_name("everstep");
    if everstep.exists() {
        command.arg("--everstep").arg(everstep);
    }

    // when
    let output = command.output().unwrap();

    // then
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("fsync on, synchronous_commit on, full_page_writes on"), "{text}");
    let runs: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    std::fs::remove_file(&json).unwrap();
    let run = &runs[0];
    assert_eq!((&run["workload"], &run["concurrency"]), (&"order".into(), &4.into()), "{runs}");
    for figure in [
        "executions_per_s",
        "task_steps_per_s",
        "p50_ms",
        "p99_ms",
        "cpu_ms_per_execution",
        "wal_bytes_per_step",
        "floor_rows_per_s",
    ] {
        assert!(run[figure].as_f64().is_some_and(|it| it > 0.0), "{figure}: {runs}");
    }
    assert!(run["stolen_cores"].as_f64().is_some_and(|it| it >= 0.0), "{runs}");
    let (tasks, executions) = (&run["task_steps_per_s"], &run["executions_per_s"]);
    let tasks_per_execution = tasks.as_f64().unwrap() / executions.as_f64().unwrap();
    assert!((tasks_per_execution - 3.0).abs() < 0.01, "{runs}");
}
