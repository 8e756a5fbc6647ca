//! What hostile expressions cost: each ends, with an error or an answer, within a second and 256 MB. One test alone in
//! its process, for it measures that process.
#![expect(
    clippy::disallowed_methods,
    reason = "a test measures its process, and is no part of the floor"
)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::DateTime;
use jsonata::{Draw, Env, Expression, Frame};
use serde_json::{Value, json};

const TIME_MAX: Duration = Duration::from_secs(1);
const MEMORY_MAX_KB: u64 = 256 * 1024;

/// Written as `code expression`: `D1012` for too many steps, `U1004` for too many bytes, `*` where only the cost counts.
const EXPRESSIONS: &str = include_str!("hostile.txt");

#[test]
fn a_hostile_expression_costs_a_bounded_time_and_memory() {
    let input = json!({
        "text": "a".repeat(200_000),
        "items": (0..5_000).collect::<Vec<_>>(),
        "rows": (0..1_000).map(|at| json!({"id": at, "name": format!("row {at}")})).collect::<Vec<_>>(),
    });
    assert_that_the_measure_sees_a_cost();
    let mut faults = Vec::new();
    let mut tried = 0;
    for line in EXPRESSIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (code, source) = line.split_once(' ').expect("a code, a blank, an expression");
        tried += 1;
        let cost = Cost::least(|| outcome(source, &input));
        // `U1006` is a panic, caught.
        if (code != "*" && cost.outcome != code) || cost.outcome == "U1006" {
            faults.push(format!("{source}: {} instead of {code}", cost.outcome));
        }
        if cost.time > TIME_MAX || cost.peak_kb.is_some_and(|peak| peak > MEMORY_MAX_KB) {
            faults.push(format!("{source}: {:?}, {:?} kB", cost.time, cost.peak_kb));
        }
        show(&cost, source);
    }
    assert!(tried > 50, "only {tried} expressions were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Where `HOSTILE_SHOW` is set, each expression's cost as it is known.
#[expect(clippy::print_stderr, reason = "somebody asked to see")]
fn show(cost: &Cost, source: &str) {
    if std::env::var_os("HOSTILE_SHOW").is_some() {
        eprintln!("{:?} {:?} {} {source}", cost.time, cost.peak_kb, cost.outcome);
    }
}

/// The error's code; `ok` for an answer.
fn outcome(source: &str, input: &Value) -> String {
    let expression = match Expression::compile(source) {
        Ok(expression) => expression,
        Err(error) => return error.code,
    };
    let frame = Frame::new([("input", input)], []);
    let mut draw = Draw::new(1);
    let mut env = Env { now: DateTime::UNIX_EPOCH, draw: &mut draw };
    match expression.evaluate(&frame, &mut env) {
        Ok(_) => "ok".to_owned(),
        Err(jsonata::Error::Thrown { code, .. }) => code,
        Err(jsonata::Error::Unsupported) => "unsupported".to_owned(),
    }
}

struct Cost {
    outcome: String,
    /// On the processor: a loaded machine is not the expression's fault.
    time: Duration,
    /// The most that the process held meanwhile; unknown where there is no `/proc`.
    peak_kb: Option<u64>,
}

impl Cost {
    /// Of up to three tries where one took too long: what the hypervisor takes from a thread is counted as the thread's, too.
    fn least(act: impl Fn() -> String) -> Self {
        let mut cost = Self::of(&act);
        for _ in 0..2 {
            if cost.time > TIME_MAX {
                let again = Self::of(&act);
                cost.time = cost.time.min(again.time);
                cost.peak_kb = cost.peak_kb.max(again.peak_kb);
            }
        }
        cost
    }

    fn of(act: impl FnOnce() -> String) -> Self {
        // 5: forget the peak so far.
        let peak_is_fresh = fs::write("/proc/self/clear_refs", "5").is_ok();
        let begun = on_processor();
        let outcome = act();
        let time = on_processor().saturating_sub(begun);
        let peak_kb = peak_kb().filter(|_| peak_is_fresh);
        Self { outcome, time, peak_kb }
    }
}

/// This thread's time on the processor; none where there is no `/proc`.
fn on_processor() -> Duration {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn peak_kb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A measure that sees nothing would pass everything.
fn assert_that_the_measure_sees_a_cost() {
    let cost = Cost::of(|| {
        let filled = Value::from("x".repeat(400 << 20));
        filled.as_str().map_or(0, str::len).to_string()
    });
    assert!(cost.peak_kb.is_none_or(|peak| peak > MEMORY_MAX_KB), "{:?} kB", cost.peak_kb);
    assert!(cost.time > Duration::ZERO || !Path::new("/proc/thread-self/schedstat").exists());
}
