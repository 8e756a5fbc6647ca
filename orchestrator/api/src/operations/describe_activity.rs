//! `DescribeActivity`.

use everstep_proto::v1;

use super::{Operations, activity};
use crate::errors::Refusal;

impl Operations {
    pub async fn describe_activity(
        &self,
        request: v1::DescribeActivityRequest,
    ) -> Result<v1::Activity, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        let found = self.activity(&namespace, &request.activity).await?;
        Ok(activity::shown(&namespace, found))
    }
}
