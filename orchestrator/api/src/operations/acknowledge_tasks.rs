//! `AcknowledgeTasks`: a worker holds these; tells which are over.

use everstep_proto::v1;

use super::Operations;
use super::token_batch::Notice;
use crate::errors::Refusal;

impl Operations {
    pub async fn acknowledge_tasks(
        &self,
        request: v1::AcknowledgeTasksRequest,
    ) -> Result<v1::AcknowledgeTasksResponse, Refusal> {
        let cancelled = self.notice_batch(Notice::Acknowledged, request.tokens).await?;
        Ok(v1::AcknowledgeTasksResponse { cancelled })
    }
}
