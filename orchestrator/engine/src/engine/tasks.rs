//! What workers do: take tasks, keep them alive, report on them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use asl::Payload;
use execution::event::Failure;
use execution::{ExecutionId, Trigger, WaitId};
use store::NamespaceId;

use super::Engine;
use crate::error::EngineError;
use crate::lane::Mail;
use crate::reply::Reply;
use crate::task_queue::{Session, SessionOptions};

/// What a worker reports of a task.
#[derive(Debug, Clone)]
pub enum Outcome {
    Succeeded(Payload),
    Failed(Failure),
}

impl Engine {
    /// A worker's session: hand-outs come out of it, credits go in.
    pub fn open_session(&self, options: SessionOptions) -> Session {
        let id = self.0.next_session.fetch_add(1, Ordering::Relaxed);
        let (queues, lanes) = (Arc::clone(&self.0.around.queues), self.0.lanes.clone());
        Session::open(options, id, queues, lanes, self.0.around.config.handout_ack)
    }

    /// Workers that wait for tasks of a queue right now.
    pub fn pollers(&self, namespace: NamespaceId, queue: &str) -> u32 {
        self.0.around.queues.pollers(namespace, queue)
    }

    /// Answers once the outcome is durable. `TaskOver`: the attempt had ended before.
    pub async fn report(
        &self,
        id: ExecutionId,
        wait: WaitId,
        outcome: Outcome,
    ) -> Result<(), EngineError> {
        let trigger = outcome.into_trigger(wait);
        let result = self.ask(id, |reply| Mail::Report { id, trigger, reply }).await;
        self.explain_task(id, result).await
    }

    /// As `report`, answering through `answer` from the lane itself: no task or future per outcome.
    /// `UnknownExecution` needs a look into the store: call [`Engine::explain_task`].
    pub fn report_with(
        &self,
        id: ExecutionId,
        wait: WaitId,
        outcome: Outcome,
        answer: impl FnOnce(Result<(), EngineError>) + Send + 'static,
    ) {
        let (trigger, reply) = (outcome.into_trigger(wait), Reply::new(answer));
        self.post(id, Mail::Report { id, trigger, reply });
    }

    /// Keeps the task alive; `TaskOver`: cancelled or superseded. Acknowledges, too.
    pub async fn heartbeat(&self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        let result = self.tell(id, |reply| Mail::Heartbeat { id, wait, reply }).await;
        self.explain_task(id, result).await
    }

    pub async fn acknowledge(&self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        let result = self.tell(id, |reply| Mail::Acknowledge { id, wait, reply }).await;
        self.explain_task(id, result).await
    }

    /// Acknowledges and waits for no answer: what is over is told through the session.
    pub fn acknowledge_quietly(&self, id: ExecutionId, wait: WaitId) {
        self.0.lanes.send(id, Mail::Acknowledge { id, wait, reply: Reply::none() });
    }

    /// The task was not begun: it is offered again at once.
    pub async fn give_back(&self, id: ExecutionId, wait: WaitId) -> Result<(), EngineError> {
        let result = self.ask(id, |reply| Mail::GiveBack { id, wait, reply }).await;
        self.explain_task(id, result).await
    }

    /// A task of an execution that is not in memory is over, unless the execution is being taken over.
    pub async fn explain_task(
        &self,
        id: ExecutionId,
        result: Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        match self.explain(id, result).await {
            Err(EngineError::ExecutionEnded) => Err(EngineError::TaskOver),
            result => result,
        }
    }

    /// As `ask`, of what needs no commit: it is heard while PostgreSQL is away, too.
    async fn tell(
        &self,
        id: ExecutionId,
        mail: impl FnOnce(Reply<()>) -> Mail,
    ) -> Result<(), EngineError> {
        let (reply, answer) = Reply::channel();
        let lane = self.0.lanes.of(id);
        let lane = lane.ok_or_else(|| EngineError::unavailable(self.not_active()))?;
        lane.send(mail(reply));
        crate::reply::received(answer).await
    }
}

impl Outcome {
    fn into_trigger(self, wait: WaitId) -> Trigger {
        match self {
            Self::Succeeded(output) => Trigger::TaskSucceeded { wait, output },
            Self::Failed(failure) => Trigger::TaskFailed { wait, failure },
        }
    }
}
