//! `CreateConnection`: its secrets are sealed before anything is written.

use everstep_proto::v1;
use store::NewConnection;
use uuid::Uuid;

use super::{Operations, connection};
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn create_connection(
        &self,
        request: v1::CreateConnectionRequest,
    ) -> Result<v1::Connection, Refusal> {
        let v1::CreateConnectionRequest { name, description, .. } = request;
        connection::checked_name("name", &name)?;
        connection::checked_description(&description)?;
        let namespace = self.namespace(&request.namespace).await?;
        let public_id = Uuid::new_v4();
        let parameters = self.sealed(
            (&namespace, &name, public_id),
            &request.authorization_type,
            &request.auth_parameters,
        )?;
        let new =
            NewConnection { namespace: namespace.id, name, public_id, description, parameters };
        let created = self.engine.store().create_connection(&new).await?;
        let created = created.ok_or_else(|| {
            let message = format!("Connection Already Exists: '{}'", new.name);
            Refusal::new(Reason::ConnectionAlreadyExists, message).at("name")
        })?;
        Ok(connection::shown(&namespace, created))
    }
}
