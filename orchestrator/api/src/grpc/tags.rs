//! The service `Tags`.

use everstep_proto::v1;
use everstep_proto::v1::tags_server::Tags;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::response;
use crate::operations::Operations;

#[derive(Debug)]
pub(super) struct Face(pub(super) Operations);

#[async_trait]
impl Tags for Face {
    async fn tag_resource(
        &self,
        request: Request<v1::TagResourceRequest>,
    ) -> Result<Response<v1::TagResourceResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.tag_resource(message)).await)
    }

    async fn untag_resource(
        &self,
        request: Request<v1::UntagResourceRequest>,
    ) -> Result<Response<v1::UntagResourceResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.untag_resource(message)).await)
    }

    async fn list_tags_for_resource(
        &self,
        request: Request<v1::ListTagsForResourceRequest>,
    ) -> Result<Response<v1::ListTagsForResourceResponse>, Status> {
        let (patience, message) = split(request);
        response(self.0.answer(patience, self.0.list_tags_for_resource(message)).await)
    }
}
