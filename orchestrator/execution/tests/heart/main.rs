//! The heart, measured: by scenarios, by chance, by the files of every released format. (By AWS's recorded histories: `tests/conformance`.)

#![expect(
    clippy::disallowed_methods,
    reason = "the files of tests are read here, not by the pure floor"
)]
#![expect(clippy::unwrap_used, reason = "a test's own helpers may panic")]

mod express;
mod golden;
mod history_limit;
mod large;
mod properties;
mod redrive;
mod scenarios;
mod variables;

use asl::Payload;
use chrono::SubsecRound;
use execution::event::{Failure, Settings, StartedBy, StartedChild};
use execution::id::Home;
use execution::message::EndedChild;
use execution::simulated::Simulated;
use execution::trigger::Start;
use execution::{ExecutionId, Status};

/// Of an execution that has nothing of its own but the input.
fn start(input: &str) -> Start {
    Start {
        name: "run-1".to_owned(),
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:machine:run-1".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:machine".to_owned(),
        started_by: StartedBy::default(),
        machine_name: "machine".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/none".to_owned(),
        settings: Settings::default(),
        parent: None,
        input: Payload::parse(input).expect("the test's input is JSON"),
        processor: None,
        express: None,
    }
}

/// A child that has just begun. Its history has microseconds, whatever the time at hand has.
fn child(simulated: &Simulated) -> StartedChild {
    let id = ExecutionId::new(simulated.now, Home(1), 99);
    StartedChild { id, arn: "child".into(), started_at: simulated.now.trunc_subsecs(6) }
}

/// The same once it has ended.
fn ended(child: &StartedChild, status: Status) -> EndedChild {
    EndedChild {
        id: child.id,
        arn: child.arn.to_string(),
        machine_arn: "machine".to_owned(),
        name: "n".to_owned(),
        status,
        started_at: child.started_at,
        ended_at: child.started_at,
        input: Payload::parse("{}").unwrap(),
        output: (status == Status::Succeeded).then(|| Payload::parse("1.10").unwrap()),
        failure: if status == Status::Succeeded {
            Failure::default()
        } else {
            Failure::new("Odd", "so")
        },
        redrives: 0,
    }
}
