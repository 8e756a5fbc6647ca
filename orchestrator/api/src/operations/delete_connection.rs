//! `DeleteConnection`: the secrets are gone with it.

use everstep_proto::v1;

use super::{Operations, connection};
use crate::errors::Refusal;

impl Operations {
    pub async fn delete_connection(
        &self,
        request: v1::DeleteConnectionRequest,
    ) -> Result<v1::DeleteConnectionResponse, Refusal> {
        let name = connection::named(&request.connection)?;
        let namespace = self.namespace(&request.namespace).await?;
        let deleted = self.engine.store().delete_connection(namespace.id, name).await?;
        deleted.ok_or_else(|| connection::unknown(name))?;
        Ok(v1::DeleteConnectionResponse {})
    }
}
