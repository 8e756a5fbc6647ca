//! `UpdateConnection`: what is given is replaced as a whole.

use everstep_proto::v1;
use store::ConnectionChange;

use super::{Operations, connection};
use crate::check;
use crate::errors::Refusal;

impl Operations {
    pub async fn update_connection(
        &self,
        request: v1::UpdateConnectionRequest,
    ) -> Result<v1::Connection, Refusal> {
        let name = connection::named(&request.connection)?;
        if let Some(description) = &request.description {
            connection::checked_description(description)?;
        }
        let namespace = self.namespace(&request.namespace).await?;
        let store = self.engine.store();
        let found = store.connection_by_name(namespace.id, name).await?;
        let found = found.ok_or_else(|| connection::unknown(name))?;
        let parameters = match (&request.authorization_type, &request.auth_parameters) {
            (Some(kind), Some(parameters)) => {
                Some(self.sealed((&namespace, name, found.public_id), kind, parameters)?)
            }
            (None, None) => None,
            (Some(_), None) => return Err(check::missing("auth_parameters")),
            (None, Some(_)) => return Err(check::missing("authorization_type")),
        };
        let change = ConnectionChange {
            namespace: namespace.id,
            name: name.to_owned(),
            public_id: found.public_id,
            description: request.description,
            parameters,
        };
        let updated = store.update_connection(&change).await?;
        let updated = updated.ok_or_else(|| connection::unknown(name))?;
        Ok(connection::shown(&namespace, updated))
    }
}
