//! `DeleteActivity`: deleting what is not there is no fault. Its queue stays, with the tasks that wait in it.

use everstep_proto::v1;

use super::{Operations, activity};
use crate::errors::Refusal;

impl Operations {
    pub async fn delete_activity(
        &self,
        request: v1::DeleteActivityRequest,
    ) -> Result<v1::DeleteActivityResponse, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        let name = activity::named(&namespace, &request.activity)?;
        self.engine.store().delete_activity(namespace.id, name).await?;
        Ok(v1::DeleteActivityResponse {})
    }
}
