//! How long a takeover takes, from `kill -9` to the first recovered task in a worker's hands, with the default settings.

use std::time::{Duration, Instant};

use everstep_tests::{Database, Server};

use crate::standby::stands_by;
use crate::support::{ONE_TASK, complete, poll, server_with};

/// The promise; two of them are the lease.
const TAKEOVER_MAX: Duration = Duration::from_secs(3);
/// This machine builds and tests meanwhile: one takeover in three may meet a crowd.
const TAKEOVERS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_recovered_task_comes_within_three_seconds_of_a_kill() {
    let database = Database::start("takeover");
    let mut active = server_with(&database, "takeover-0", &[]);
    active.ready().await;
    active.client().create_machine("work", ONE_TASK).await;

    let mut took = Vec::new();
    for number in 1..=TAKEOVERS {
        let standby = server_with(&database, &format!("takeover-{number}"), &[]);
        stands_by(&standby.client()).await;
        took.push(take_over(active, &standby, &number.to_string()).await);
        active = standby;
    }

    took.sort();
    eprintln!("from kill -9 to the first recovered task: {took:?}");
    assert!(took[TAKEOVERS / 2] < TAKEOVER_MAX, "half of the takeovers took longer: {took:?}");
}

/// Kills the active server while a task waits; the standby hands it out.
async fn take_over(mut active: Server, standby: &Server, execution: &str) -> Duration {
    let started = active.client().start("work", execution, "1").await.expect("it serves");
    let killed = Instant::now();
    active.process.kill();
    let task = poll(&standby.client()).await;
    let took = killed.elapsed();
    assert_eq!(task.execution_arn, started.execution_arn);
    assert_eq!(complete(&standby.client(), &task).await, 0, "its outcome is accepted");
    took
}
