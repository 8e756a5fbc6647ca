//! `UntagResource`: takes tags away by their keys; a key that is not there is no fault.

use everstep_proto::v1;

use super::{Operations, tags};
use crate::errors::Refusal;

impl Operations {
    pub async fn untag_resource(
        &self,
        request: v1::UntagResourceRequest,
    ) -> Result<v1::UntagResourceResponse, Refusal> {
        for (place, key) in (1..).zip(&request.tag_keys) {
            tags::key(&format!("tag_keys.{place}.member"), key)?;
        }
        let namespace = self.namespace(&request.namespace).await?;
        let tagged = self.tagged(&namespace, &request.resource).await?;
        self.engine.store().untag(tagged, &request.tag_keys).await?;
        Ok(v1::UntagResourceResponse {})
    }
}
