//! The executions of a node that is dead or has left: claimed in bounded batches, folded, and given to the lanes.

use execution::ExecutionId;
use futures_util::{StreamExt, stream};
use store::{FenceRef, NodeId, StoreError};
use tracing::{error, info};

use super::{Membership, TermEnd};
use crate::engine::Readiness;
use crate::error::EngineError;
use crate::lane::{Mail, Resident};
use crate::recovery::read_back;

/// Executions claimed by one statement: it holds their rows' locks.
const CLAIM_MAX: i64 = 500;
/// Histories read side by side; the pool of reads has no more connections.
const READS: usize = 8;

impl Membership {
    /// Any error ends the term: what was claimed and not adopted is claimed again by the next.
    pub(super) async fn take_over(&self, fence: FenceRef, dead: NodeId) -> Result<(), TermEnd> {
        let mut claimed = 0;
        loop {
            let ids = self.store.claim(fence, dead, CLAIM_MAX).await?;
            if ids.is_empty() {
                break;
            }
            if claimed == 0 {
                info!(from = dead.0, "taking executions over");
                self.readiness.send_replace(Readiness::TakingOver);
            }
            claimed += ids.len();
            let mut residents = stream::iter(ids)
                .map(|id| async move { (id, read_back(&self.store, &self.catalog, id).await) })
                .buffer_unordered(READS);
            while let Some((id, resident)) = residents.next().await {
                self.give(id, resident)?;
            }
        }
        if claimed > 0 {
            info!(from = dead.0, claimed, "took executions over");
            self.taken_over.notify_one();
        }
        self.store.forget(dead).await?;
        Ok(())
    }

    fn give(
        &self,
        id: ExecutionId,
        resident: Result<Option<Resident>, EngineError>,
    ) -> Result<(), TermEnd> {
        match resident {
            Ok(Some(resident)) => self.lanes.send(id, Mail::Adopt(Box::new(resident))),
            Ok(None) => {}
            Err(EngineError::Unavailable { reason, .. }) => {
                return Err(StoreError::Unavailable(reason).into());
            }
            Err(error) => {
                // Its ARN stands in the history that can't be read.
                error!(execution_id = %id, %error, "an execution can't be read back; it stays out of memory");
            }
        }
        Ok(())
    }
}
