//! `ListTagsForResource`: by key.

use everstep_proto::v1;
use store::Tag;

use super::Operations;
use crate::errors::Refusal;

impl Operations {
    pub async fn list_tags_for_resource(
        &self,
        request: v1::ListTagsForResourceRequest,
    ) -> Result<v1::ListTagsForResourceResponse, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        let tagged = self.tagged(&namespace, &request.resource).await?;
        let tags = self.engine.store().tags(tagged).await?;
        let tags = tags.into_iter().map(|Tag { key, value }| v1::Tag { key, value }).collect();
        Ok(v1::ListTagsForResourceResponse { tags })
    }
}
