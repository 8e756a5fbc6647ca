//! The end of a worker: what has not begun goes back, what runs may end.

use std::sync::Arc;
use std::time::Duration;

use everstep_worker::{Queue, TaskError, WorkerBuilder};
use tokio::sync::Notify;
use tonic::{Code, Status};

use crate::fake::{Served, Server, task};

/// A worker of one slot that holds up to three tasks; each ends at a notification.
fn waiting(server: &Server) -> (WorkerBuilder, Arc<Notify>) {
    let finish = Arc::new(Notify::new());
    let finished = finish.clone();
    let wait = move |input: String| {
        let finished = finished.clone();
        async move {
            finished.notified().await;
            Ok::<_, TaskError>(input)
        }
    };
    (server.worker().slots(1).serve(Queue::new("queue", wait).slots(3)), finish)
}

#[tokio::test]
async fn draining_gives_back_what_has_not_begun_and_reports_what_runs() {
    let mut server = Server::start().await;
    let (worker, finish) = waiting(&server);
    let running = Served::start(worker);
    let mut session = server.session().await;
    session.hand_out(["runs", "waits", "waits-too"].map(task)).await;
    session.until(|said| said.acknowledged.len() == 3).await;
    let credits = session.said.credits("queue");

    let drained = running.drain();

    session.until(|said| said.draining && said.returned.len() == 2).await;
    assert_eq!(session.said.returned, ["waits", "waits-too"]);
    // What was on its way goes back as well.
    session.hand_out([task("late")]).await;
    session.until(|said| said.returned.len() == 3).await;
    finish.notify_one();
    session.until(|said| said.has_outcome("runs")).await;
    session.settle("runs", Code::Ok).await;
    assert!(session.is_ended().await);
    drop(session);
    drained.await.unwrap().unwrap();
    assert_eq!(credits, 3, "and no credit after the drain began");
}

#[tokio::test]
async fn an_outcome_is_delivered_even_if_the_server_is_lost_while_the_worker_drains() {
    let mut server = Server::start().await;
    let (worker, finish) = waiting(&server);
    let running = Served::start(worker);
    let mut session = server.session().await;
    session.hand_out(["runs", "waits"].map(task)).await;
    session.until(|said| said.acknowledged.len() == 2).await;
    let drained = running.drain();
    session.until(|said| said.returned.len() == 1).await;

    session.fail(Status::unavailable("the server is killed")).await;
    finish.notify_one();

    let mut session = server.session().await;
    session.until(|said| said.has_outcome("runs")).await;
    assert_eq!(session.said.returned, ["waits"], "nobody knows whether that arrived");
    assert_eq!(session.said.credits("queue"), 0);
    session.settle("runs", Code::Ok).await;
    assert!(session.is_ended().await);
    drop(session);
    drained.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_task_that_outlasts_the_drain_is_left_to_its_timeouts() {
    let mut server = Server::start().await;
    let (worker, _) = waiting(&server);
    let running = Served::start(worker.drain_timeout(Duration::from_millis(100)));
    let mut session = server.session().await;
    session.hand_out([task("runs")]).await;
    session.until(|said| said.acknowledged.len() == 1).await;

    let drained = running.drain();

    session.until(|said| said.draining).await;
    assert!(session.is_ended().await);
    drop(session);
    drained.await.unwrap().unwrap();
}
