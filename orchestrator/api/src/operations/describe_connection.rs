//! `DescribeConnection`: all but the secrets.

use everstep_proto::v1;

use super::{Operations, connection};
use crate::errors::Refusal;

impl Operations {
    pub async fn describe_connection(
        &self,
        request: v1::DescribeConnectionRequest,
    ) -> Result<v1::Connection, Refusal> {
        let name = connection::named(&request.connection)?;
        let namespace = self.namespace(&request.namespace).await?;
        let found = self.engine.store().connection_by_name(namespace.id, name).await?;
        let found = found.ok_or_else(|| connection::unknown(name))?;
        Ok(connection::shown(&namespace, found))
    }
}
