//! What executions tell one another. A message is sent by the commit of one execution and taken by the commit of another;
//! what it means to the receiver is a trigger ([`crate::Trigger::Message`]).

mod codec;

use asl::Payload;
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use codec::{FORMAT, decode, encode};

use crate::event::{Event, EventKind, Failure, Parent};
use crate::execution::{Execution, Status};
use crate::id::{ExecutionId, WaitId};

#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// To its parent: a child that the parent waits for has ended.
    ChildEnded {
        wait: WaitId,
        /// Which of several children of that wait.
        number: Option<u64>,
        child: Box<EndedChild>,
    },
    /// To its child: the parent has ended, or waits no longer. The child is stopped, unless it was redriven more often since.
    ParentLeft { redrives: u64 },
}

/// An execution that has ended, as its parent hears of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EndedChild {
    pub id: ExecutionId,
    pub arn: String,
    pub machine_arn: String,
    pub name: String,
    pub status: Status,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub input: Payload,
    pub output: Option<Payload>,
    pub failure: Failure,
    pub redrives: u64,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub receiver: ExecutionId,
    /// The same however often it is sent: the receiver hears it once.
    pub id: Uuid,
    pub message: Message,
}

impl Execution {
    /// What the event, which is about to be applied, has to be told to another execution.
    pub(crate) fn outgoing(&self, event: &Event, at: DateTime<Utc>) -> Vec<Outgoing> {
        if let EventKind::MapRun { wait, step } = &event.kind {
            return if step.is_end() { self.left_map_run(*wait) } else { Vec::new() };
        }
        if let EventKind::TaskTimedOut { wait, .. }
        | EventKind::StateAborted { wait: Some(wait), .. }
        | EventKind::BranchClosed { wait: Some(wait) } = &event.kind
        {
            let children = self.left_map_run(*wait).into_iter();
            return children.chain(self.left_child(*wait)).collect();
        }
        let end = event.kind.end();
        let told =
            end.and_then(|(status, failure)| self.end_for_parent(status, failure, event, at));
        told.into_iter().collect()
    }

    /// Of a wait for the end of a child.
    fn left_child(&self, wait: WaitId) -> Option<Outgoing> {
        let receiver = self.awaited_child(wait)?;
        Some(Outgoing { receiver, id: self.id.0, message: Message::ParentLeft { redrives: 0 } })
    }

    /// Children that have not ended when their run does.
    fn left_map_run(&self, wait: WaitId) -> Vec<Outgoing> {
        let run = self.map_run(wait);
        let children = run.into_iter().flat_map(|run| &run.open).map(|(number, child)| Outgoing {
            receiver: self.id.of_child(wait, *number, child.started_at),
            id: after_redrives(self.id.0, child.redrives),
            message: Message::ParentLeft { redrives: child.redrives },
        });
        children.collect()
    }

    fn end_for_parent(
        &self,
        status: Status,
        failure: Option<&Failure>,
        event: &Event,
        at: DateTime<Utc>,
    ) -> Option<Outgoing> {
        let facts = self.facts.as_deref()?;
        let Parent { execution: receiver, wait: Some(wait), number, .. } = facts.parent.as_ref()?
        else {
            return None;
        };
        if number.is_none() && self.redrive_count() > 0 {
            // The parent heard of its end before, and waits no longer.
            return None;
        }
        let context = &facts.context;
        let child = EndedChild {
            id: self.id,
            arn: context.id.clone(),
            machine_arn: context.machine_id.clone(),
            name: context.name.clone(),
            status,
            started_at: context.started_at,
            ended_at: at,
            input: context.input.clone(),
            output: event.payload.clone(),
            failure: failure.cloned().unwrap_or_default(),
            redrives: self.redrive_count(),
        };
        let message = Message::ChildEnded { wait: *wait, number: *number, child: Box::new(child) };
        let id = after_redrives(self.id.0, self.redrive_count());
        Some(Outgoing { receiver: *receiver, id, message })
    }
}

/// An execution that ends again tells its parent again: another message.
fn after_redrives(sender: Uuid, redrives: u64) -> Uuid {
    Uuid::from_u128(sender.as_u128() ^ u128::from(redrives))
}

impl EventKind {
    /// The status that the event gives its execution, and the failure, where it ends in one.
    pub fn end(&self) -> Option<(Status, Option<&Failure>)> {
        if let Self::ExecutionFailed(failure) = self {
            Some((Status::Failed, Some(failure)))
        } else if let Self::ExecutionTimedOut(failure) = self {
            Some((Status::TimedOut, Some(failure)))
        } else if let Self::ExecutionAborted(failure) = self {
            Some((Status::Aborted, Some(failure)))
        } else {
            matches!(self, Self::ExecutionSucceeded).then_some((Status::Succeeded, None))
        }
    }
}
