//! Opens an execution that has ended: the lane takes it in as its history tells of it, and the redrive is committed alone.

use execution::trigger::Redrive;
use execution::{Redriven, Status, Trigger};

use super::{Answer, Batch, Lane, RedriveMail, Resident};
use crate::error::EngineError;

impl Lane {
    pub(super) fn redrive(&mut self, mail: RedriveMail, batch: &mut Batch) {
        let RedriveMail { id, closed, redrive, open_max, reply } = mail;
        let result = match (self.residents.get(&id), closed) {
            (Some(resident), _) => while_resident(resident, &redrive, batch),
            (None, Some(closed)) => self.reopen(closed, redrive, open_max, batch),
            (None, None) => Err(EngineError::UnknownExecution),
        };
        batch.answer(id, Answer::Redriven(reply, result));
    }

    fn reopen(
        &mut self,
        mut closed: Resident,
        redrive: Redrive,
        open_max: Option<u64>,
        batch: &mut Batch,
    ) -> Result<Redriven, EngineError> {
        let id = closed.execution.id();
        closed.open = self.room(closed.namespace, closed.express.is_some(), open_max)?;
        self.residents.insert(id, closed);
        if let Err(refused) = self.decide(id, Trigger::Redrive(redrive), batch) {
            self.drop_resident(id);
            return Err(refused);
        }
        let redriven = self.resident(id)?.execution.last_redrive();
        let redriven = redriven.expect("a redrive that was decided is known by its fold");
        batch.unit(id).redriven = Some(redriven.count);
        Ok(redriven)
    }
}

/// It runs, or its end is in this batch: then it is asked again after the commit.
fn while_resident(
    resident: &Resident,
    redrive: &Redrive,
    batch: &Batch,
) -> Result<Redriven, EngineError> {
    let execution = &resident.execution;
    let token = redrive.client_token.as_deref();
    if let Some(redriven) = token.and_then(|token| execution.redriven_by(token, batch.now())) {
        return Ok(redriven);
    }
    match execution.status() {
        Status::Running => Err(EngineError::NotRedrivable { status: Status::Running }),
        Status::Succeeded | Status::Failed | Status::TimedOut | Status::Aborted => {
            Err(EngineError::ExecutionEnded)
        }
    }
}
