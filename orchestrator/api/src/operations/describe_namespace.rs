//! `DescribeNamespace`.

use everstep_proto::v1;

use super::{Operations, lookup, settings};
use crate::errors::Refusal;

impl Operations {
    pub async fn describe_namespace(
        &self,
        request: v1::DescribeNamespaceRequest,
    ) -> Result<v1::Namespace, Refusal> {
        settings::namespace_name(&request.name)?;
        self.caller().reach(&request.name)?;
        let found = self.engine.store().namespace(&request.name).await?;
        found.map(settings::namespace).ok_or_else(|| lookup::namespace_unknown(&request.name))
    }
}
