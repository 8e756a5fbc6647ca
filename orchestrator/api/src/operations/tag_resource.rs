//! `TagResource`: new tags, and new values of those that are there.

use everstep_proto::v1;
use store::Tagging;

use super::{Operations, tags};
use crate::errors::Refusal;
use crate::limits::TAGS_MAX;

impl Operations {
    pub async fn tag_resource(
        &self,
        request: v1::TagResourceRequest,
    ) -> Result<v1::TagResourceResponse, Refusal> {
        let v1::TagResourceRequest { resource, tags: given, .. } = request;
        let given = tags::checked(&resource, &given)?;
        let namespace = self.namespace(&request.namespace).await?;
        let tagged = self.tagged(&namespace, &resource).await?;
        match self.engine.store().tag(tagged, &given, TAGS_MAX).await? {
            Tagging::Done => Ok(v1::TagResourceResponse {}),
            Tagging::TooMany => Err(tags::too_many(&resource)),
            Tagging::Gone => Err(tags::not_found(&resource)),
        }
    }
}
