//! The connection: opened, lost, opened again.

use everstep_worker::{Queue, TaskError, Worker, WorkerError};
use tonic::{Code, Status};

use crate::fake::{Served, Server, task, within};
use crate::traces::Log;

async fn never(_: String) -> Result<(), TaskError> {
    std::future::pending().await
}

#[tokio::test]
async fn the_first_message_subscribes() {
    let mut server = Server::start().await;
    let _served =
        Served::start(server.worker().namespace("shop").name("w-1").queue("queue", never));

    let session = server.session().await;

    let subscription = session.said.subscription.unwrap();
    assert_eq!((&*subscription.namespace, &*subscription.worker), ("shop", "w-1"));
}

#[tokio::test]
async fn every_stream_carries_the_access_key_and_nothing_shows_it() {
    let mut server = Server::start().await;
    let worker = server.worker().access_key("EVAKID", "hunter2").queue("queue", never);
    assert!(!format!("{worker:?}").contains("hunter2"));
    let _served = Served::start(worker);

    let first = server.session().await;
    // EVAKID:hunter2
    assert_eq!(first.authorization.as_deref(), Some("Basic RVZBS0lEOmh1bnRlcjI="));
    first.fail(Status::unavailable("the server is killed")).await;
    let second = server.session().await;
    assert_eq!(second.authorization.as_deref(), Some("Basic RVZBS0lEOmh1bnRlcjI="));
}

#[tokio::test]
async fn a_worker_that_reconnects_announces_what_it_holds() {
    let mut server = Server::start().await;
    // One runs, one waits for the slot.
    let worker = server.worker().slots(1).serve(Queue::new("queue", never).slots(3));
    let _served = Served::start(worker);
    let mut session = server.session().await;
    session.until(|said| said.credits("queue") == 3).await;
    session.hand_out([task("runs"), task("waits")]).await;
    session.until(|said| said.acknowledged.len() == 2).await;

    session.fail(Status::unavailable("the server is killed")).await;

    let mut session = server.session().await;
    session.until(|said| said.acknowledged.len() == 2).await;
    session.said.acknowledged.sort();
    assert_eq!(session.said.acknowledged, ["runs", "waits"]);
    // Two of the three are taken.
    assert_eq!(session.said.credits("queue"), 1);
}

#[tokio::test]
async fn a_worker_waits_for_a_server_that_is_not_there_yet() {
    // A port on which nobody listens until the server does.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    drop(port);
    let worker = Worker::builder(format!("http://{address}")).queue("queue", never);
    let log = Log::default();
    let _recording = log.record();
    let _served = Served::start(worker);
    within(log.until("no connection to the server")).await;

    let mut server = Server::start_at(&address).await;

    server.session().await;
}

#[tokio::test]
async fn a_refusal_of_the_first_session_ends_the_worker_and_a_later_one_does_not() {
    let mut server = Server::start().await;
    let running = Served::start(server.worker().namespace("nowhere").queue("queue", never));
    let session = server.session().await;
    session.fail(Status::not_found("the namespace \"nowhere\" does not exist")).await;

    let refused = running.ended().await.unwrap_err();
    assert!(matches!(&refused, WorkerError::Refused(status) if status.code() == Code::NotFound));
    assert_eq!(
        refused.to_string(),
        "the server refused the worker: the namespace \"nowhere\" does not exist (NotFound)"
    );

    let _served = Served::start(server.worker().queue("queue", never));
    let mut session = server.session().await;
    session.hand_out([task("t")]).await;
    session.until(|said| said.acknowledged.len() == 1).await;
    session.fail(Status::permission_denied("for a moment")).await;
    server.session().await;
}
