//! Handlers: what they are given, and what becomes of what they return.

use std::sync::Arc;
use std::time::{Duration, Instant};

use everstep_proto::v1::Task;
use everstep_worker::{Queue, TaskContext, TaskError};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, mpsc};

use crate::fake::{Served, Server, task, within};

#[derive(Deserialize)]
struct Payment {
    order: String,
    amount: serde_json::Number,
}
#[derive(Serialize)]
struct Receipt {
    paid: serde_json::Number,
    by: String,
}

async fn charge(context: TaskContext, payment: Payment) -> Result<Receipt, TaskError> {
    match payment.order.as_str() {
        "declined" => Err(TaskError::new("CardDeclined", "no funds")),
        "panics" => panic!("out of paper after {} sheets", 7),
        "misread" => {
            payment.order.parse::<u8>()?;
            unreachable!("it is no number")
        }
        _ => Ok(Receipt { paid: payment.amount, by: format!("{context:?}") }),
    }
}

async fn wrap(_: TaskContext, text: String) -> Result<String, TaskError> {
    Ok(format!("{{\"got\":{text}}}"))
}

fn with_input(token: &str, queue: &str, input: &str) -> Task {
    Task { queue: queue.to_owned(), input: input.to_owned(), attempt: 3, ..task(token) }
}

#[tokio::test]
async fn a_handler_s_result_becomes_the_outcome() {
    let cases = [
        (
            "typed",
            r#"{"order":"a","amount":1.10}"#,
            Ok(concat!(
                r#"{"paid":1.10,"by":"TaskContext { execution_arn: "#,
                r#"\"arn:aws:states:us-east-1:000000000000:execution:m:e\", state: \"Pay\", attempt: 3, .. }"}"#
            )),
        ),
        ("typed", r#"{"order":"declined","amount":1}"#, Err(("CardDeclined", "no funds"))),
        (
            "typed",
            r#"{"order":"panics","amount":1}"#,
            Err(("HandlerPanicked", "out of paper after 7 sheets")),
        ),
        (
            "typed",
            r#"{"order":"misread","amount":1}"#,
            Err(("Error", "invalid digit found in string")),
        ),
        (
            "typed",
            r#"{"order":7,"amount":1}"#,
            Err((
                "InvalidInput",
                "the input is not what the handler takes: invalid type: integer `7`, expected a string at line 1 column 10",
            )),
        ),
        (
            "text",
            r#"{ "id": 98765432109876543210, "sum": 1.10 }"#,
            Ok(r#"{"got":{ "id": 98765432109876543210, "sum": 1.10 }}"#),
        ),
    ];
    let mut server = Server::start().await;
    let worker = server.worker().queue("typed", charge).serve(Queue::text("text", wrap));
    let _served = Served::start(worker);
    let mut session = server.session().await;
    for (number, (queue, input, expected)) in cases.into_iter().enumerate() {
        let token = number.to_string();

        session.hand_out([with_input(&token, queue, input)]).await;
        let said = session.until(|said| said.has_outcome(&token)).await;

        let expected = expected.map(str::to_owned);
        let expected = expected.map_err(|(error, cause)| TaskError::new(error, cause));
        assert_eq!(said.outcome(&token), expected, "{input}");
    }
}

#[tokio::test]
async fn errors_and_causes_are_cut_to_the_server_s_limits() {
    let mut server = Server::start().await;
    let fail =
        |_: String| async { Err::<(), _>(TaskError::new("é".repeat(300), "ü".repeat(40_000))) };
    let _served = Served::start(server.worker().queue("queue", fail));
    let mut session = server.session().await;

    session.hand_out([task("t")]).await;

    let error = session.until(|said| said.has_outcome("t")).await.outcome("t").unwrap_err();
    assert_eq!((error.error, error.cause), ("é".repeat(256), "ü".repeat(32_768)));
}

#[tokio::test]
async fn an_output_that_no_message_can_carry_fails_the_task() {
    let mut server = Server::start().await;
    let large = |_: String| async { Ok::<_, TaskError>("x".repeat(5 << 20)) };
    let _served = Served::start(server.worker().queue("queue", large));
    let mut session = server.session().await;

    session.hand_out([task("t")]).await;

    let error = session.until(|said| said.has_outcome("t")).await.outcome("t").unwrap_err();
    assert_eq!(error.error, "States.DataLimitExceeded");
    assert_eq!(error.cause, "the output has 5242882 bytes; 3145728 can be sent");
}

#[tokio::test]
async fn heartbeats_go_out_thrice_within_their_timeout_until_the_outcome_is_accepted() {
    let timeout = Duration::from_millis(900);
    let mut server = Server::start().await;
    let finish = Arc::new(Notify::new());
    let finished = finish.clone();
    let wait = move |_: String| {
        let finished = finished.clone();
        async move {
            finished.notified().await;
            Ok::<_, TaskError>(())
        }
    };
    let _served = Served::start(server.worker().queue("queue", wait));
    let mut session = server.session().await;
    let heartbeat_timeout = Some(timeout.try_into().unwrap());
    session.hand_out([Task { heartbeat_timeout, ..task("t") }]).await;

    let mut last = Instant::now();
    for count in 1..=6 {
        if count == 4 {
            // From here on the outcome waits for its answer.
            finish.notify_one();
        }
        session.until(|said| said.heartbeats.len() == count).await;
        assert!(last.elapsed() < timeout, "the server would have missed a heartbeat");
        last = Instant::now();
    }

    assert_eq!(session.said.heartbeats, ["t"; 6]);
    assert!(session.said.has_outcome("t"));
}

#[tokio::test]
async fn a_cancelled_handler_is_told_and_its_outcome_goes_nowhere() {
    let mut server = Server::start().await;
    let (told, mut telling) = mpsc::unbounded_channel();
    let wait = move |context: TaskContext, input: String| {
        let told = told.clone();
        async move {
            told.send("begun").unwrap();
            context.cancelled().await;
            told.send("cancelled").unwrap();
            Ok::<_, TaskError>(input)
        }
    };
    let _served = Served::start(server.worker().queue("queue", wait).slots(1));
    let mut session = server.session().await;
    session.hand_out([task("in-vain")]).await;
    assert_eq!(within(telling.recv()).await, Some("begun"));

    session.cancel("in-vain").await;

    assert_eq!(within(telling.recv()).await, Some("cancelled"));
    // The slot is free again: a second credit comes, and with it no outcome.
    session.until(|said| said.credits("queue") == 2).await;
    assert!(session.said.outcomes.is_empty(), "{:?}", session.said);
}

#[tokio::test]
async fn a_handler_that_does_not_heed_its_cancellation_is_dropped() {
    struct Dropped(mpsc::UnboundedSender<&'static str>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.send("dropped");
        }
    }
    let mut server = Server::start().await;
    let (told, mut telling) = mpsc::unbounded_channel();
    let wait = move |_: String| {
        let told = told.clone();
        async move {
            told.send("begun").unwrap();
            let _dropped = Dropped(told);
            std::future::pending::<Result<(), TaskError>>().await
        }
    };
    let worker = server.worker().queue("queue", wait).slots(1);
    let _served = Served::start(worker.cancellation_grace(Duration::from_millis(50)));
    let mut session = server.session().await;
    session.hand_out([task("deaf")]).await;
    assert_eq!(within(telling.recv()).await, Some("begun"));

    session.cancel("deaf").await;

    assert_eq!(within(telling.recv()).await, Some("dropped"));
    session.until(|said| said.credits("queue") == 2).await;
}
