//! Slots and credits, and how much goes into one message.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use everstep_proto::v1::{Task, WorkRequest};
use everstep_worker::{Queue, TaskError};
use tokio::sync::Notify;
use tokio_stream::StreamExt as _;
use tonic::Code;

use crate::fake::{Served, Server, task};

async fn echo(input: String) -> Result<String, TaskError> {
    Ok(input)
}

#[tokio::test]
async fn what_is_ready_goes_into_one_message() {
    const TASKS: usize = 200;
    let mut server = Server::start().await;
    let _served = Served::start(server.worker().queue("queue", echo).slots(200));
    let mut session = server.session().await;
    session.until(|said| said.credits("queue") == 200).await;
    let before = session.said.messages;

    session.hand_out((0..TASKS).map(|n| task(&n.to_string()))).await;

    session.until(|said| said.outcomes.len() == TASKS).await;
    assert_eq!(session.said.messages - before, 1, "200 outcomes and their credits");
    assert_eq!(session.said.credits("queue"), 400);
    // An outcome acknowledges its task.
    assert_eq!(session.said.acknowledged, [""; 0]);
}

#[tokio::test]
async fn a_hand_out_is_acknowledged_in_the_next_message() {
    let mut server = Server::start().await;
    let wait = |_: String| std::future::pending::<Result<(), TaskError>>();
    let _served = Served::start(server.worker().queue("queue", wait));
    let mut session = server.session().await;
    session.until(|said| said.credits("queue") > 0).await;

    session.hand_out([task("a"), task("b")]).await;

    assert_eq!(session.hear().await.acknowledged, ["a", "b"]);
}

/// A server that hands out as much as it may, and counts.
#[derive(Default)]
struct Ledger {
    credits: BTreeMap<String, u32>,
    open: BTreeMap<String, u32>,
    queue_of: BTreeMap<String, String>,
    handed_out: u32,
}

impl Ledger {
    fn hear(&mut self, message: &WorkRequest) -> Vec<String> {
        for outcome in &message.outcomes {
            let queue = self.queue_of.remove(&outcome.token).expect("each task ends once");
            *self.open.entry(queue).or_default() -= 1;
        }
        for credit in &message.credits {
            *self.credits.entry(credit.queue.clone()).or_default() += credit.tasks;
        }
        message.outcomes.iter().map(|outcome| outcome.token.clone()).collect()
    }

    fn hand_out(&mut self) -> Vec<Task> {
        let mut tasks = Vec::new();
        for (queue, credits) in &mut self.credits {
            for _ in 0..std::mem::take(credits) {
                let token = self.handed_out.to_string();
                self.handed_out += 1;
                *self.open.entry(queue.clone()).or_default() += 1;
                self.queue_of.insert(token.clone(), queue.clone());
                tasks.push(Task { queue: queue.clone(), ..task(&token) });
            }
        }
        tasks
    }

    /// Tasks that the worker has or may be given.
    fn promised(&self, queue: &str) -> u32 {
        let at = |counts: &BTreeMap<String, u32>| counts.get(queue).copied().unwrap_or_default();
        at(&self.credits) + at(&self.open)
    }
}

#[tokio::test]
async fn credits_never_exceed_the_slots() {
    let running = Arc::new(AtomicU32::new(0));
    let most = Arc::new(AtomicU32::new(0));
    let shared = (running.clone(), most.clone());
    let handler = move |token: String| {
        let (running, most) = shared.clone();
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let turns = tokio_stream::iter(0..token.len() * 3);
            turns.then(|_| tokio::task::yield_now()).collect::<Vec<()>>().await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, TaskError>(())
        }
    };
    let mut server = Server::start().await;
    let worker = server.worker().slots(7).queue("a", handler.clone()).queue("b", handler.clone());
    let _served = Served::start(worker.serve(Queue::new("c", handler).slots(2)));
    let mut session = server.session().await;
    let mut ledger = Ledger::default();

    while ledger.handed_out < 3_000 {
        let message = session.hear().await;
        let ended = ledger.hear(&message);
        for (queue, slots) in [("a", 3), ("b", 2), ("c", 2)] {
            let promised = ledger.promised(queue);
            assert!(promised <= slots, "{promised} of {queue}'s {slots} slots");
        }
        for token in ended {
            session.settle(&token, Code::Ok).await;
        }
        session.hand_out(ledger.hand_out()).await;
    }
    assert_eq!(most.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn tasks_beyond_the_slots_wait_and_begin_in_their_order() {
    let begun: Arc<std::sync::Mutex<VecDeque<String>>> = Arc::default();
    let go_on = Arc::new(Notify::new());
    let shared = (begun.clone(), go_on.clone());
    let handler = move |token: String| {
        let (begun, go_on) = shared.clone();
        async move {
            begun.lock().unwrap().push_back(token);
            go_on.notified().await;
            Ok::<_, TaskError>(())
        }
    };
    let mut server = Server::start().await;
    // The queue may hold more than the worker can run.
    let worker = server.worker().slots(2).serve(Queue::new("queue", handler).slots(4));
    let _served = Served::start(worker);
    let mut session = server.session().await;
    session.until(|said| said.credits("queue") == 4).await;

    session.hand_out(["1", "2", "3", "4"].map(task)).await;
    session.until(|said| said.acknowledged.len() == 4).await;

    for end in 1..=4_usize {
        let expected: Vec<String> = (1..=4.min(end + 1)).map(|n| n.to_string()).collect();
        assert_eq!(*begun.lock().unwrap(), expected);
        go_on.notify_one();
        session.until(|said| said.outcomes.len() == end).await;
    }
}

#[tokio::test]
async fn outcomes_that_nobody_answers_hold_back_the_credits() {
    let mut server = Server::start().await;
    let _served = Served::start(server.worker().queue("queue", echo).slots(10));
    let mut session = server.session().await;
    let mut ledger = Ledger::default();

    // 10 slots and 64 more outcomes may stand open; the last credits came before that was known.
    while ledger.handed_out < 80 {
        let message = session.hear().await;
        ledger.hear(&message);
        session.hand_out(ledger.hand_out()).await;
    }
    session.until(|said| said.outcomes.len() == 80).await;
    assert_eq!(session.said.credits("queue"), 80, "no credit without answers");

    for token in 0..80 {
        session.settle(&token.to_string(), Code::Ok).await;
    }
    session.until(|said| said.credits("queue") == 90).await;
}
