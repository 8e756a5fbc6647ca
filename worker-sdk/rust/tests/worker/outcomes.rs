//! What becomes of an outcome once it is reported.

use std::time::Duration;

use everstep_worker::{TaskError, WorkerBuilder};
use tonic::{Code, Status};

use crate::fake::{Served, Server, Session, task};

async fn echo(input: String) -> Result<String, TaskError> {
    Ok(input)
}

fn echoing(server: &Server) -> WorkerBuilder {
    server.worker().queue("queue", echo).slots(5).drain_timeout(Duration::from_secs(10))
}

/// A session in which the task `t` has been handed out and its outcome heard.
async fn reported(server: &mut Server) -> Session {
    let mut session = server.session().await;
    session.hand_out([task("t")]).await;
    session.until(|said| said.has_outcome("t")).await;
    session
}

#[tokio::test]
async fn an_outcome_without_an_answer_is_reported_again_on_the_next_session() {
    let mut server = Server::start().await;
    let _served = Served::start(echoing(&server));

    for _ in 0..3 {
        // The first session hands the task out; the others hear of it alone.
        let mut session = server.session().await;
        if session.said.outcomes.is_empty() {
            session.hand_out([task("t")]).await;
        }
        session.until(|said| said.has_outcome("t")).await;
        assert_eq!(session.said.outcome("t"), Ok("\"t\"".to_owned()));
        session.fail(Status::unavailable("the server is killed")).await;
    }
}

#[tokio::test]
async fn an_accepted_outcome_is_not_reported_again() {
    let mut server = Server::start().await;
    let running = Served::start(echoing(&server));
    let session = reported(&mut server).await;
    session.settle("t", Code::Ok).await;
    session.fail(Status::unavailable("the server is killed")).await;

    let mut session = server.session().await;
    let drained = running.drain();

    assert!(session.until(|said| said.draining).await.outcomes.is_empty());
    assert!(session.is_ended().await);
    drained.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_outcome_that_the_server_cannot_take_now_is_reported_again() {
    let mut server = Server::start().await;
    let _served = Served::start(echoing(&server));
    let mut session = reported(&mut server).await;

    for (answered, code) in [Code::Unavailable, Code::ResourceExhausted].into_iter().enumerate() {
        session.settle("t", code).await;
        session.until(|said| said.outcomes.len() == answered + 2).await;
    }

    assert_eq!(session.said.outcome("t"), Ok("\"t\"".to_owned()));
}

#[tokio::test]
async fn a_refused_output_is_reported_as_a_failure() {
    let mut server = Server::start().await;
    let _served = Served::start(echoing(&server));
    let mut session = reported(&mut server).await;

    session.settle("t", Code::InvalidArgument).await;

    let said = session.until(|said| said.outcomes.len() == 2).await;
    let refused = TaskError::new("InvalidOutput", "as the test has it");
    assert_eq!(said.outcome("t"), Err(refused));
}

#[tokio::test]
async fn an_outcome_of_a_task_that_is_over_is_dropped() {
    for over in ["refused", "cancelled"] {
        let mut server = Server::start().await;
        let running = Served::start(echoing(&server));
        let session = reported(&mut server).await;

        match over {
            "refused" => session.settle("t", Code::FailedPrecondition).await,
            _ => session.cancel("t").await,
        }
        session.fail(Status::unavailable("the server is killed")).await;

        // Nothing is left of it: a worker that drains has nothing more to say.
        let mut session = server.session().await;
        let drained = running.drain();
        assert!(session.until(|said| said.draining).await.outcomes.is_empty(), "{over}");
        drop(session);
        drained.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn many_large_outcomes_are_split_over_messages_that_a_server_reads() {
    const TASKS: usize = 40;
    let mut server = Server::start().await;
    let large = |_: String| async { Ok::<_, TaskError>("x".repeat(250_000)) };
    let _served = Served::start(server.worker().queue("queue", large).slots(40));
    let mut session = server.session().await;

    session.hand_out((0..TASKS).map(|n| task(&n.to_string()))).await;

    // The server reads at most 4 MiB: it would break the stream at more.
    session.until(|said| said.outcomes.len() == TASKS).await;
}
