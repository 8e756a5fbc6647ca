//! Work: the whole dialogue of one worker on one stream.
//!
//! What a message carries is sent on at once, without a task or a future per outcome: lanes answer into a channel. What
//! is ready to be sent goes out as one response, so that busy streams carry few, large messages and no timer waits.

use std::collections::VecDeque;
use std::sync::Arc;

use engine::{HandOut, Held, Namespace, Session, SessionEvent};
use everstep_proto::v1;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;

use super::Operations;
use super::poll_tasks::{queue_name, session_options};
use super::report_tasks::{OutcomeResult, Report};
use super::token_batch::Notice;
use crate::check;
use crate::errors::Refusal;
use crate::limits::{CREDITS_PER_QUEUE_MAX, RESPONSE_BYTES_AIM, TOKENS_PER_BATCH_MAX};
use crate::token::TaskToken;

/// Outcomes of one stream on their way to durability: several commits full.
const UNANSWERED_MAX: usize = 4_096;
/// Messages of one stream whose heartbeats or returns are being told.
const ENQUIRIES_MAX: usize = 64;

/// What goes to the worker in one message.
#[derive(Debug, Default)]
pub struct Answer {
    pub tasks: Vec<v1::Task>,
    pub results: Vec<OutcomeResult>,
    pub cancelled: Vec<String>,
}

/// The server's side of a stream.
pub struct Dialogue {
    operations: Operations,
    namespace: Arc<Namespace>,
    session: Session,
    /// Whether the session may still hand something out.
    handing_out: bool,
    hung_up: bool,
    /// What the next message will carry. It stands here and not in [`Dialogue::next`], which may be dropped half-way.
    answer: Answer,
    /// Taken from the session, too much for the message before.
    hand_outs: VecDeque<HandOut>,
    reports_in: mpsc::UnboundedSender<Report>,
    reports: mpsc::UnboundedReceiver<Report>,
    /// Outcomes whose result has not been sent.
    unanswered: usize,
    enquiries: FuturesUnordered<BoxFuture<'static, Enquired>>,
}

/// What is rare enough to be a future of its own.
enum Enquired {
    Cancelled(Vec<String>),
    Settled(OutcomeResult),
}

/// What the session says.
enum Heard {
    HandOut(Box<HandOut>),
    Cancelled(Vec<Held>),
    Revoked,
}

impl Operations {
    /// Begins with the worker's first message, which must subscribe.
    pub async fn work(&self, first: v1::WorkRequest) -> Result<Dialogue, Refusal> {
        let subscription = first.subscribe.as_ref().ok_or_else(|| check::missing("subscribe"))?;
        let namespace = self.answer(None, self.namespace_reached(&subscription.namespace)).await?;
        let options = session_options(&namespace, &subscription.worker, false)?;
        let (reports_in, reports) = mpsc::unbounded_channel();
        let mut dialogue = Dialogue {
            operations: self.for_caller(),
            namespace,
            session: self.engine.open_session(options),
            handing_out: true,
            hung_up: false,
            answer: Answer::default(),
            hand_outs: VecDeque::new(),
            reports_in,
            reports,
            unanswered: 0,
            enquiries: FuturesUnordered::new(),
        };
        dialogue.receive(v1::WorkRequest { subscribe: None, ..first })?;
        Ok(dialogue)
    }
}

impl Dialogue {
    /// Everything that one message carries. An error ends the dialogue: it is a fault of the client.
    pub fn receive(&mut self, request: v1::WorkRequest) -> Result<(), Refusal> {
        if request.subscribe.is_some() {
            let must = "be in the first message alone";
            return Err(check::constraint("subscribe", None, must));
        }
        check::count("outcomes", request.outcomes.len(), TOKENS_PER_BATCH_MAX)?;
        check::count("acknowledged", request.acknowledged.len(), TOKENS_PER_BATCH_MAX)?;
        check::count("heartbeats", request.heartbeats.len(), TOKENS_PER_BATCH_MAX)?;
        check::count("returned", request.returned.len(), TOKENS_PER_BATCH_MAX)?;
        // Outcomes before credits: what they free is there to be filled.
        for outcome in request.outcomes {
            self.unanswered += 1;
            let reports = self.reports_in.clone();
            // A worker that has gone needs no answer.
            let answer = move |report| drop(reports.send(report));
            self.operations.report_with(outcome, answer);
        }
        self.acknowledge(&request.acknowledged);
        self.send(Notice::Heartbeat, request.heartbeats);
        self.send(Notice::Returned, request.returned);
        if request.draining {
            self.session.revoke();
        }
        for v1::work_request::Credit { queue, tasks } in request.credits {
            check::at_most("credits", u64::from(tasks), u64::from(CREDITS_PER_QUEUE_MAX))?;
            let queue = queue_name(&self.namespace, "credits", &queue)?;
            self.session.grant(&queue, tasks);
        }
        Ok(())
    }

    /// The worker has said all: no more tasks, and the end once its outcomes are answered.
    pub fn hang_up(&mut self) {
        self.hung_up = true;
        self.session.revoke();
    }

    /// So much is under way that the worker's next message can wait.
    pub fn is_saturated(&self) -> bool {
        self.unanswered >= UNANSWERED_MAX || self.enquiries.len() >= ENQUIRIES_MAX
    }

    /// What is ready to be sent, together; waits for the first of it. `None`: the worker hung up and has every answer.
    /// Cancel-safe.
    pub async fn next(&mut self) -> Option<Answer> {
        if self.answer.is_empty() && self.hand_outs.is_empty() {
            if self.is_over() {
                return None;
            }
            tokio::select! {
                heard = hear(&mut self.session, self.handing_out) => self.heed(heard),
                Some(report) = self.reports.recv() => self.settle(report),
                Some(enquired) = self.enquiries.next(), if !self.enquiries.is_empty() => {
                    self.conclude(enquired);
                }
            }
            // A lane performs a commit task by task: what it hands out next goes into the same message.
            tokio::task::yield_now().await;
        }
        self.fill();
        Some(std::mem::take(&mut self.answer))
    }

    fn is_over(&self) -> bool {
        self.hung_up && !self.handing_out && self.unanswered == 0 && self.enquiries.is_empty()
    }

    fn heed(&mut self, heard: Heard) {
        match heard {
            Heard::HandOut(task) => self.hand_outs.push_back(*task),
            Heard::Cancelled(tasks) => {
                let seal = &self.operations.seal;
                let namespace = self.namespace.id;
                let tokens =
                    tasks.into_iter().map(|task| TaskToken::of(namespace, task).seal(seal));
                self.answer.cancelled.extend(tokens);
            }
            Heard::Revoked => self.handing_out = false,
        }
    }

    /// Adds whatever is ready besides the first.
    fn fill(&mut self) {
        while let Ok(report) = self.reports.try_recv() {
            self.settle(report);
        }
        let mut more = Vec::new();
        self.session.drain(&mut more);
        self.hand_outs.extend(more);
        let mut bytes = 0;
        while bytes < RESPONSE_BYTES_AIM
            && let Some(hand_out) = self.hand_outs.pop_front()
        {
            bytes += hand_out.input.text().len();
            self.answer.tasks.push(self.operations.task(&hand_out));
        }
    }

    fn settle(&mut self, report: Report) {
        match report {
            Report::Settled(result) => {
                self.unanswered -= 1;
                self.answer.results.push(result);
            }
            Report::Unknown { token, execution } => {
                let explained = self.operations.clone().explain(token, execution);
                let enquiry = async move { Enquired::Settled(explained.await) };
                self.enquiries.push(Box::pin(enquiry));
            }
        }
    }

    fn conclude(&mut self, enquired: Enquired) {
        match enquired {
            Enquired::Cancelled(tokens) => self.answer.cancelled.extend(tokens),
            Enquired::Settled(result) => {
                self.unanswered -= 1;
                self.answer.results.push(result);
            }
        }
    }

    /// The most frequent notice: it waits for no answer, since what is over is told through the session.
    fn acknowledge(&self, tokens: &[String]) {
        for token in tokens {
            if let Ok(token) = self.operations.opened(token) {
                self.operations.engine.acknowledge_quietly(token.execution, token.wait);
            }
        }
    }

    fn send(&mut self, notice: Notice, tokens: Vec<String>) {
        if tokens.is_empty() {
            return;
        }
        let operations = self.operations.clone();
        // What could not be told now is told with the next heartbeat; a task not returned comes again by itself.
        let enquiry =
            async move { Enquired::Cancelled(operations.notice(notice, tokens).await.cancelled) };
        self.enquiries.push(Box::pin(enquiry));
    }
}

/// Once nothing is handed out any more, the tasks that the worker holds can still be cancelled.
async fn hear(session: &mut Session, handing_out: bool) -> Heard {
    if !handing_out {
        return Heard::Cancelled(session.cancelled().await);
    }
    match session.event().await {
        SessionEvent::HandOut(task) => Heard::HandOut(Box::new(task)),
        SessionEvent::Cancelled(task) => Heard::Cancelled(vec![task]),
        SessionEvent::Revoked => Heard::Revoked,
    }
}

impl Answer {
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.results.is_empty() && self.cancelled.is_empty()
    }
}

impl std::fmt::Debug for Dialogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialogue").field("unanswered", &self.unanswered).finish_non_exhaustive()
    }
}
