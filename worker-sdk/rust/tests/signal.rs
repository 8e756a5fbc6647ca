//! SIGTERM drains. Alone in its process: the signal is sent to all of it.

use std::time::Duration;

use everstep_worker::{TaskError, Worker};
use rustix::process::{Signal, getpid, kill_process};

#[tokio::test]
async fn sigterm_drains_the_worker() {
    let idle = |_: String| async { Ok::<_, TaskError>(()) };
    // Nobody listens there: a worker without tasks ends all the same.
    let worker = Worker::builder("http://127.0.0.1:9").queue("queue", idle).build();
    let running = tokio::spawn(worker.run());
    // The worker's handlers are there once it has run up to its first wait.
    tokio::task::yield_now().await;

    kill_process(getpid(), Signal::TERM).unwrap();

    let ended = tokio::time::timeout(Duration::from_secs(10), running).await;
    ended.expect("the worker ends").unwrap().unwrap();
}
