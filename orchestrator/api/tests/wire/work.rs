//! Tasks by stream: credits, hand-outs, outcomes, cancellations, and ends of every kind.

use everstep_proto::v1;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Streaming};

use crate::world::{ONE_TASK, World, failed, poll, reason, result, soon, succeeded};

/// A worker's end of a stream.
struct Worker {
    requests: mpsc::Sender<v1::WorkRequest>,
    responses: Streaming<v1::WorkResponse>,
}

impl Worker {
    async fn begin(world: &World, first: v1::WorkRequest) -> Result<Self, tonic::Status> {
        let (requests, received) = mpsc::channel(16);
        requests.send(first).await.expect("there is room");
        let responses = world.tasks.clone().work(ReceiverStream::new(received)).await?;
        Ok(Self { requests, responses: responses.into_inner() })
    }

    async fn say(&self, request: v1::WorkRequest) {
        self.requests.send(request).await.expect("the stream goes on");
    }

    async fn hear(&mut self) -> v1::WorkResponse {
        soon(self.responses.message()).await.expect("the stream goes on").expect("and is no end")
    }
}

fn credit(queue: &str, tasks: u32) -> v1::WorkRequest {
    let credits = vec![v1::work_request::Credit { queue: queue.to_owned(), tasks }];
    v1::WorkRequest { credits, ..v1::WorkRequest::default() }
}

fn subscribed(request: v1::WorkRequest) -> v1::WorkRequest {
    let subscribe = Some(v1::work_request::Subscription {
        namespace: String::new(),
        worker: "worker-1".to_owned(),
    });
    v1::WorkRequest { subscribe, ..request }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credits_bound_what_is_handed_out_and_outcomes_are_answered() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    for _ in 0..5 {
        world.start("order", "{}").await;
    }
    let mut worker = Worker::begin(&world, subscribed(credit("pay", 2))).await.unwrap();
    let mut done = 0;
    let mut held: Vec<v1::Task> = Vec::new();
    while done < 5 {
        let response = worker.hear().await;
        for answered in &response.results {
            assert_eq!(result(answered), (Code::Ok, String::new()));
            done += 1;
        }
        held.extend(response.tasks);
        assert!(held.len() <= 2, "no more than the credits");
        let outcomes: Vec<_> = held.drain(..).map(|task| succeeded(&task.token, "1")).collect();
        let tasks = u32::try_from(outcomes.len()).unwrap();
        worker.say(v1::WorkRequest { outcomes, ..credit("pay", tasks) }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_outcomes_are_answered_one_by_one_and_the_stream_goes_on() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    let mut worker = Worker::begin(&world, subscribed(credit("pay", 1))).await.unwrap();
    let task = worker.hear().await.tasks.pop().unwrap();
    let outcomes = vec![
        succeeded("forged", "1"),
        succeeded(&task.token, "{"),
        failed(&task.token, &"x".repeat(257), ""),
        succeeded(&task.token, "1"),
    ];
    worker.say(v1::WorkRequest { outcomes, ..v1::WorkRequest::default() }).await;
    let mut reasons = Vec::new();
    while reasons.len() < 4 {
        reasons.extend(worker.hear().await.results.iter().map(|answered| result(answered).1));
    }
    reasons.sort();
    assert_eq!(reasons, ["", "InvalidOutput", "InvalidToken", "ValidationException"]);

    // The execution is over and gone from memory: the store says so.
    let outcomes = vec![succeeded(&task.token, "1")];
    worker.say(v1::WorkRequest { outcomes, ..v1::WorkRequest::default() }).await;
    let late = worker.hear().await;
    assert_eq!(result(&late.results[0]), (Code::FailedPrecondition, "TaskTimedOut".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_execution_cancels_its_task_at_the_worker() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let mut worker = Worker::begin(&world, subscribed(credit("pay", 1))).await.unwrap();
    let task = worker.hear().await.tasks.pop().unwrap();
    let acknowledged = vec![task.token.clone()];
    // Draining: what the worker still holds can be cancelled all the same.
    worker
        .say(v1::WorkRequest { acknowledged, draining: true, ..v1::WorkRequest::default() })
        .await;
    let stop = v1::StopExecutionRequest { execution, ..v1::StopExecutionRequest::default() };
    world.executions.stop_execution(stop).await.unwrap();

    assert_eq!(worker.hear().await.cancelled, [task.token]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_stream_gives_back_what_was_not_acknowledged_and_no_more() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    world.start("order", "{}").await;
    let mut worker = Worker::begin(&world, subscribed(credit("pay", 2))).await.unwrap();
    let mut held = Vec::new();
    while held.len() < 2 {
        held.extend(worker.hear().await.tasks);
    }
    // The answer to the heartbeat of a forged token shows that the message has been read.
    let heartbeats = vec![held[0].token.clone(), "forged".to_owned()];
    worker.say(v1::WorkRequest { heartbeats, ..v1::WorkRequest::default() }).await;
    assert_eq!(worker.hear().await.cancelled, ["forged"]);
    drop(worker);
    let again = soon(world.poll("pay")).await;

    assert_eq!(again.execution_arn, held[1].execution_arn);
    assert_eq!(again.hand_outs_before, 1);
    assert_eq!(world.report(succeeded(&held[1].token, "1")).await.1, "TaskTimedOut");
    assert_eq!(
        world.report(succeeded(&held[0].token, "1")).await.0,
        Code::Ok,
        "it stays with the worker"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_says_all_is_answered_before_the_stream_ends() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    let mut worker = Worker::begin(&world, subscribed(credit("pay", 1))).await.unwrap();
    let task = worker.hear().await.tasks.pop().unwrap();
    let outcomes = vec![succeeded(&task.token, "1")];
    worker.say(v1::WorkRequest { outcomes, ..v1::WorkRequest::default() }).await;
    let Worker { requests, mut responses } = worker;
    drop(requests);

    let answered = soon(responses.message()).await.unwrap().unwrap();
    assert_eq!(result(&answered.results[0]).0, Code::Ok);
    assert_eq!(soon(responses.message()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_hands_out_large_tasks_in_messages_that_clients_take() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let input = format!("\"{}\"", "x".repeat(250_000));
    for _ in 0..30 {
        world.start("order", &input).await;
    }
    let mut worker = Worker::begin(&world, subscribed(credit("pay", 30))).await.unwrap();
    let mut tasks = 0;
    while tasks < 30 {
        // The client takes 4 MiB: tonic's own default.
        tasks += worker.hear().await.tasks.len();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_against_the_rules_ends_the_stream_and_says_why() {
    let world = World::new().await;
    let unsubscribed = Worker::begin(&world, credit("pay", 1)).await.err().unwrap();
    assert_eq!(reason(&unsubscribed), "MissingRequiredParameter");

    let cases = [
        (credit("pay", 10_001), "ValidationException"),
        (credit("a b", 1), "InvalidName"),
        (subscribed(credit("pay", 1)), "ValidationException"),
        (
            v1::WorkRequest {
                heartbeats: vec!["x".to_owned(); 1_001],
                ..v1::WorkRequest::default()
            },
            "ValidationException",
        ),
    ];
    for (message, expected) in cases {
        let mut worker = Worker::begin(&world, subscribed(credit("pay", 1))).await.unwrap();
        worker.say(message).await;
        let refused = soon(worker.responses.message()).await.unwrap_err();
        assert_eq!(reason(&refused), expected, "{refused}");
    }
    // Nothing is left behind that waits for tasks.
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    soon(async {
        while world
            .tasks
            .clone()
            .poll_tasks(poll("pay"))
            .await
            .unwrap()
            .into_inner()
            .tasks
            .is_empty()
        {}
    })
    .await;
}
