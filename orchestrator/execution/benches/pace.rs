//! How fast the pure floors go through a machine: `cargo bench -p execution --bench pace -- DEFINITION INPUT [SECONDS]` runs it again and
//! again on one core, to its end, without a store or a worker, and prints one line of JSON.
#![expect(clippy::print_stdout, reason = "the line is what it is for")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement reads files and the clock, and is no part of the floor"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use asl::{Payload, StateMachine};
use chrono::DateTime;
use execution::event::{EventKind, Settings, StartedBy};
use execution::id::Home;
use execution::simulated::Simulated;
use execution::trigger::Start;
use execution::{ExecutionId, Status};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plans, caches and branch predictors are warm after this.
const WARM_UP: Duration = Duration::from_millis(500);

fn main() {
    // `cargo bench` adds a flag of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let [definition, input, rest @ ..] = arguments.as_slice() else {
        panic!("needed: DEFINITION INPUT [SECONDS]");
    };
    let read = |file: &str| std::fs::read_to_string(file).expect("the file can be read");
    let machine = StateMachine::parse(&read(definition)).expect("the definition is valid");
    let (machine, input) = (Arc::new(machine), read(input));
    let seconds = rest.first().map_or(3.0, |it| it.parse().expect("seconds"));
    pace(&machine, &input, WARM_UP);
    let (executions, states, took) = pace(&machine, &input, Duration::from_secs_f64(seconds));
    let took = took.as_secs_f64();
    println!(
        r#"{{"executions": {executions}, "states": {states}, "seconds": {took:.3}, "states_per_s": {:.0}, "us_per_execution": {:.2}}}"#,
        f64::from(states) / took,
        took * 1e6 / f64::from(executions)
    );
}

fn pace(machine: &Arc<StateMachine>, input: &str, long: Duration) -> (u32, u32, Duration) {
    let (mut executions, mut states) = (0, 0);
    let begun = Instant::now();
    while begun.elapsed() < long {
        states += once(machine, input);
        executions += 1;
    }
    (executions, states, begun.elapsed())
}

/// One execution as the engine decides it: from its input's text to the bytes of its rows. Answers how many states it entered.
fn once(machine: &Arc<StateMachine>, input: &str) -> u32 {
    let now = DateTime::UNIX_EPOCH;
    let mut simulated = Simulated::of(Arc::clone(machine), ExecutionId::new(now, Home(1), 1), now);
    let events = simulated.start(start(input)).expect("a start is accepted");
    assert_eq!(
        simulated.execution.status(),
        Status::Succeeded,
        "the machine waits for nobody and succeeds"
    );
    let entered =
        events.iter().filter(|it| matches!(it.kind, EventKind::StateEntered { .. })).count();
    u32::try_from(entered).expect("few states")
}

fn start(input: &str) -> Start {
    let arn = |kind: &str| format!("arn:aws:states:us-east-1:000000000000:{kind}:pace");
    Start {
        name: "pace".to_owned(),
        execution_arn: arn("execution"),
        machine_arn: arn("stateMachine"),
        started_by: StartedBy::default(),
        machine_name: "pace".to_owned(),
        role_arn: String::new(),
        settings: Settings::default(),
        input: Payload::parse(input).expect("the input is JSON"),
        processor: None,
        express: None,
        parent: None,
    }
}
