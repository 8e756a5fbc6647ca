//! What a lane does when a commit did not go through: nothing is repaired in place, it is dropped and read back.

use std::sync::Arc;
use std::time::Duration;

use execution::ExecutionId;
use tracing::{error, warn};

use super::batch::{Batch, StartOutcome, Unit};
use super::{Answer, Lane, Mail, Poison};
use crate::engine::Ended;
use crate::error::EngineError;
use crate::reply::Reply;

impl Lane {
    pub(crate) fn new_batch(&self) -> Batch {
        Batch::new(self.around.clock.now())
    }

    pub(crate) fn is_full(&self, batch: &Batch) -> bool {
        batch.is_full(&self.around.config)
    }

    /// How long until a timer is due by the early edge of the clock's error.
    pub(crate) fn until_next_timer(&self) -> Option<Duration> {
        let next = self.timers.next()?;
        Some((next - self.around.clock.earliest()).to_std().unwrap_or_default())
    }

    /// The name that the caller chose was taken: nothing of this start was written.
    pub(crate) fn lose_name(&mut self, unit: Unit) {
        self.drop_resident(unit.id);
        for answer in unit.answers {
            match answer {
                Answer::Started(reply, _) => reply.send(Ok(StartOutcome::NameTaken)),
                Answer::Done(reply, _) => reply.send(Err(EngineError::UnknownExecution)),
                Answer::Stopped(reply, _) => reply.send(Err(EngineError::UnknownExecution)),
                Answer::Redriven(reply, _) => reply.send(Err(EngineError::UnknownExecution)),
            }
        }
    }

    /// PostgreSQL will not take this execution's rows: a start or a redrive did not happen, a running one is quarantined.
    pub(crate) fn refuse(&mut self, unit: Unit, reason: &str) {
        let id = unit.id;
        let arn = self.arn(id);
        self.drop_resident(id);
        if unit.redriven.is_some() {
            // Somebody else was faster; the history that it read has gone on.
            warn!(execution = %arn, reason, "a redrive was refused");
        } else {
            error!(execution = %arn, reason, "PostgreSQL refused the rows of an execution");
        }
        if unit.start.is_none() && unit.redriven.is_none() {
            let reason = format!("PostgreSQL refused its events: {reason}");
            self.poisoned.insert(id, Poison { arn, reason });
        }
        unit.refuse_answers(&EngineError::Refused { reason: reason.to_owned() });
    }

    /// The executions to quarantine, with their ARNs.
    pub(crate) fn poisoned(&self) -> Vec<(ExecutionId, Arc<str>)> {
        self.poisoned.iter().map(|(id, poison)| (*id, Arc::clone(&poison.arn))).collect()
    }

    pub(crate) fn arn(&self, id: ExecutionId) -> Arc<str> {
        self.residents.get(&id).map(|resident| Arc::clone(&resident.arn)).unwrap_or_default()
    }

    /// Forgets an execution; whoever waits for its end is handed over.
    pub(crate) fn drop_resident(&mut self, id: ExecutionId) -> Vec<Reply<Ended>> {
        self.timers.clear_all(id);
        self.residents.remove(&id).map(|resident| resident.ends).unwrap_or_default()
    }

    pub(crate) fn give_ends(&mut self, id: ExecutionId, ends: Vec<Reply<Ended>>) {
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.ends.extend(ends);
        }
    }

    /// What can be done without PostgreSQL is done; the node's own mail is handed back for later.
    pub(crate) fn take_in_while_away(&mut self, mail: Mail) -> Option<Mail> {
        match mail {
            Mail::Heartbeat { id, wait, reply } => reply.send(self.sign_of_life(id, wait)),
            Mail::Acknowledge { id, wait, reply } => reply.send(self.acknowledge(id, wait)),
            Mail::AwaitEnd { id, reply } => self.await_end(id, reply),
            mail @ (Mail::Start(_)
            | Mail::Report { .. }
            | Mail::Stop { .. }
            | Mail::Redrive(_)
            | Mail::GiveBack { .. }) => {
                mail.refuse(EngineError::unavailable("PostgreSQL does not answer"));
            }
            mail @ (Mail::Take { .. }
            | Mail::SessionBroken { .. }
            | Mail::Hear { .. }
            | Mail::Adopt(_)
            | Mail::Resume { .. }) => return Some(mail),
        }
        None
    }

    pub(crate) fn await_end(&mut self, id: ExecutionId, reply: Reply<Ended>) {
        match self.residents.get_mut(&id) {
            Some(resident) => resident.ends.push(reply),
            None => reply.send(Err(EngineError::UnknownExecution)),
        }
    }

    pub(crate) fn forget_poison(&mut self, id: ExecutionId) {
        self.poisoned.remove(&id);
    }

    /// An execution that can't be read back at all waits for an operator; its neighbours do not.
    pub(crate) fn give_up(&mut self, id: ExecutionId, arn: &str, error: &EngineError) {
        self.poisoned.remove(&id);
        warn!(execution = arn, execution_id = %id, %error, "an execution can't be read back; it stays out of memory");
    }
}
