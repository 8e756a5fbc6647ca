//! `ReturnTasks`: these were not begun; they are offered again at once.

use everstep_proto::v1;

use super::Operations;
use super::token_batch::Notice;
use crate::errors::Refusal;

impl Operations {
    pub async fn return_tasks(
        &self,
        request: v1::ReturnTasksRequest,
    ) -> Result<v1::ReturnTasksResponse, Refusal> {
        let cancelled = self.notice_batch(Notice::Returned, request.tokens).await?;
        Ok(v1::ReturnTasksResponse { cancelled })
    }
}
