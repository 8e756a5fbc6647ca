//! Redrives, asked for by callers and by map runs: the execution is read back from its history, and its lane opens it.

use std::sync::Arc;

use execution::trigger::Redrive;
use execution::{ExecutionId, Redriven, Status};
use store::{ExecutionStatus, Store};

use crate::catalog::Catalog;
use crate::error::EngineError;
use crate::lane::{Mail, RedriveMail, Resident, Surroundings};
use crate::patience::Patience;
use crate::recovery::read_back;
use crate::reply::{Reply, received};

/// An execution whose end or whose redrive is just being committed is looked at again so often.
const LOOKS_MAX: u32 = 10;

#[derive(Debug, Clone)]
pub(crate) struct Redriver {
    pub(crate) store: Store,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) around: Surroundings,
}

impl Redriver {
    /// Answers once the execution is open again, durably; the same client token, or a map run's count that was reached: what came of that.
    pub(crate) async fn redrive(
        &self,
        id: ExecutionId,
        redrive: Redrive,
        open_max: Option<u64>,
    ) -> Result<Redriven, EngineError> {
        let mut patience = Patience::default();
        for _ in 0..LOOKS_MAX {
            let closed = self.read_closed(id).await?;
            if let Some(redriven) = closed.as_ref().and_then(|it| self.already(it, &redrive)) {
                return Ok(redriven);
            }
            if closed.as_ref().is_some_and(|it| it.execution.status() == Status::Succeeded) {
                return Err(EngineError::NotRedrivable { status: Status::Succeeded });
            }
            match self.ask(id, closed, redrive.clone(), open_max).await {
                // It ended, or was redriven, between the read and the commit; or it is being taken over.
                Err(
                    EngineError::ExecutionEnded
                    | EngineError::UnknownExecution
                    | EngineError::Refused { .. },
                ) => {}
                answer => return answer,
            }
            tokio::time::sleep(patience.next()).await;
        }
        Err(EngineError::unavailable("the execution is changing hands"))
    }

    /// `None`: its row says that it runs.
    async fn read_closed(&self, id: ExecutionId) -> Result<Option<Resident>, EngineError> {
        let row = self.store.execution(id).await?.ok_or(EngineError::UnknownExecution)?;
        if row.status == ExecutionStatus::Running {
            return Ok(None);
        }
        let resident = read_back(&self.store, &self.catalog, id).await?;
        // It may have been opened since the row was read.
        Ok(resident.filter(|it| it.execution.status() != Status::Running))
    }

    fn already(&self, closed: &Resident, redrive: &Redrive) -> Option<Redriven> {
        let (execution, now) = (&closed.execution, self.around.clock.now());
        let token = redrive.client_token.as_deref();
        let by_token = token.and_then(|token| execution.redriven_by(token, now));
        let reached = |redriven: &Redriven| redrive.count.is_some_and(|it| redriven.count >= it);
        by_token.or_else(|| execution.last_redrive().filter(reached))
    }

    async fn ask(
        &self,
        id: ExecutionId,
        closed: Option<Resident>,
        redrive: Redrive,
        open_max: Option<u64>,
    ) -> Result<Redriven, EngineError> {
        let (reply, answer) = Reply::channel();
        let mail = Mail::Redrive(Box::new(RedriveMail { id, closed, redrive, open_max, reply }));
        match self.around.lanes.of(id) {
            Some(lane) => lane.post(mail),
            None => mail.refuse(EngineError::unavailable("this node is changing over")),
        }
        received(answer).await
    }
}
