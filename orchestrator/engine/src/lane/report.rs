//! What the engine's own tasks have to tell an execution: until it has heard it.

use execution::{ExecutionId, Trigger};
use tracing::debug;

use super::{Mail, Surroundings};
use crate::error::EngineError;
use crate::patience::Patience;
use crate::reply::{Reply, received};

impl Surroundings {
    /// Until the execution has heard it, or waits for it no longer.
    pub(crate) async fn report(&self, id: ExecutionId, trigger: Trigger) {
        let mut patience = Patience::default();
        loop {
            let (reply, answer) = Reply::channel();
            let Some(lane) = self.lanes.of(id) else { return };
            lane.send(Mail::Report { id, trigger: trigger.clone(), reply });
            match received(answer).await {
                Err(EngineError::Unavailable { .. } | EngineError::Exhausted { .. }) => {}
                Ok(()) => return,
                Err(error) => {
                    debug!(execution = %id, %error, "an execution no longer waits for what it asked for");
                    return;
                }
            }
            tokio::time::sleep(patience.next()).await;
        }
    }
}
