//! `HeartbeatTasks`: keeps tasks alive, and tells which are over.

use everstep_proto::v1;

use super::Operations;
use super::token_batch::Notice;
use crate::errors::Refusal;

impl Operations {
    pub async fn heartbeat_tasks(
        &self,
        request: v1::HeartbeatTasksRequest,
    ) -> Result<v1::HeartbeatTasksResponse, Refusal> {
        let cancelled = self.notice_batch(Notice::Heartbeat, request.tokens).await?;
        Ok(v1::HeartbeatTasksResponse { cancelled })
    }
}
