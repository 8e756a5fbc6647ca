//! What a lane does for calls that the orchestrator makes itself, for callbacks, and for messages between executions.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use execution::event::{Event, TaskScheduled};
use execution::message::Outgoing;
use execution::wait::{OpenTask, Served};
use execution::{ExecutionId, Trigger, WaitId};
use store::{MessageId, MessageKey};

use super::resident::HandedOut;
use super::{Batch, Heard, Lane, Mail};
use crate::children::ChildOrder;
use crate::error::EngineError;
use crate::timers::Watch;

impl Lane {
    /// Messages from other executions. One that means nothing here any more is taken all the same; one to an execution that is not
    /// here, or is quarantined, stays in the inbox.
    pub(super) fn hear(&mut self, id: ExecutionId, messages: Vec<Heard>, batch: &mut Batch) {
        for Heard { key, message } in messages {
            if !self.residents.contains_key(&id) {
                return;
            }
            if batch.has_taken(&key) {
                continue;
            }
            match self.decide(id, Trigger::Message(Box::new(message)), batch) {
                Ok(()) | Err(EngineError::TaskOver | EngineError::ExecutionEnded) => {
                    batch.take(key);
                }
                Err(
                    EngineError::Unavailable { .. }
                    | EngineError::Exhausted { .. }
                    | EngineError::UnknownExecution
                    | EngineError::ExecutionAlreadyExists { .. }
                    | EngineError::NotRedrivable { .. }
                    | EngineError::HistoryFull
                    | EngineError::TooManyOpen
                    | EngineError::Refused { .. },
                ) => {}
            }
        }
    }

    /// A hint, for speed: the messages are durable, and a sweep finds those that this does not reach.
    pub(super) fn deliver(&self, sent: Vec<Outgoing>) {
        for Outgoing { receiver, id, message } in sent {
            let heard = Heard { key: MessageKey { receiver, message: MessageId(id) }, message };
            self.around.lanes.send(receiver, Mail::Hear { id: receiver, messages: vec![heard] });
        }
    }

    /// A call that starts an execution is made now that its intent is durable.
    pub(super) fn call(
        &self,
        (id, wait): (ExecutionId, WaitId),
        scheduled: &TaskScheduled,
        event: &Event,
    ) {
        let (Some(resident), Some(child)) = (self.residents.get(&id), scheduled.child) else {
            return;
        };
        let parameters = event.payload.as_ref().expect("a scheduled task carries its parameters");
        self.order(ChildOrder {
            parent: id,
            parent_arn: Arc::clone(&resident.arn),
            wait,
            namespace: resident.namespace,
            id: child,
            parameters: parameters.clone(),
            awaited: scheduled.awaits_child(),
            repeated: false,
        });
    }

    /// After a recovery nobody knows whether the call was made.
    pub(super) fn call_again(&self, id: ExecutionId, task: &OpenTask) {
        let Served::ByStart { id: child, awaited } = task.served else { return };
        let Some(resident) = self.residents.get(&id) else { return };
        self.order(ChildOrder {
            parent: id,
            parent_arn: Arc::clone(&resident.arn),
            wait: task.wait,
            namespace: resident.namespace,
            id: child,
            parameters: task.payload.clone(),
            awaited,
            repeated: true,
        });
    }

    fn order(&self, order: ChildOrder) {
        // A node that has left starts nothing; whoever takes the execution over does.
        let _ = self.around.children.send(order);
    }

    /// The attempt runs without a worker: its limits are watched from now on.
    pub(super) fn begin_without_worker(
        &mut self,
        (id, wait): (ExecutionId, WaitId),
        (at, deadline, heartbeat): (DateTime<Utc>, Option<DateTime<Utc>>, Option<Duration>),
    ) {
        let Some(resident) = self.residents.get_mut(&id) else { return };
        let Some(task) = resident.tasks.get_mut(&wait) else { return };
        let handed_out = HandedOut::without_worker(at, deadline, heartbeat);
        let next = handed_out.next();
        task.handed_out = Some(handed_out);
        if let Some(next) = next {
            self.timers.set(id, Watch::Wait(wait), next);
        }
    }

    /// The worker has made the call. What is left of the attempt's time is the callback's.
    pub(super) fn submitted(&mut self, id: ExecutionId, wait: WaitId, at: DateTime<Utc>) {
        let Some(resident) = self.residents.get_mut(&id) else { return };
        let Some(callback) = resident.tasks.get(&wait).and_then(|task| task.callback) else {
            return;
        };
        let Some(mut task) = resident.tasks.remove(&wait) else { return };
        let limits = task.handed_out.take().map(|out| (out.deadline, out.heartbeat));
        task.callback = None;
        resident.tasks.insert(callback, task);
        self.timers.clear(id, Watch::Wait(wait));
        let (deadline, heartbeat) = limits.unwrap_or_default();
        self.begin_without_worker((id, callback), (at, deadline, heartbeat));
    }
}
