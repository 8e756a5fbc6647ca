//! Connections on their way in and out: names, seals, and what may be seen.

use engine::Namespace;
use everstep_proto::v1;
use http_task::{AuthorizationType, Connection, ConnectionFault};
use store::ConnectionParameters;
use uuid::Uuid;

use super::Operations;
use crate::errors::{Reason, Refusal};
use crate::http_tasks::belongs_to;
use crate::limits::CONNECTION_DESCRIPTION_LENGTH_MAX;
use crate::timestamps::timestamp;
use crate::{arn, check};

/// EventBridge's limit for a connection's name.
const NAME_LENGTH_MAX: usize = 64;

impl Operations {
    /// Checks the parameters and seals them for the connection `name` with the id `public_id`.
    pub(super) fn sealed(
        &self,
        (namespace, name, public_id): (&Namespace, &str, Uuid),
        authorization_type: &str,
        auth_parameters: &str,
    ) -> Result<ConnectionParameters, Refusal> {
        if auth_parameters.is_empty() {
            return Err(check::missing("auth_parameters"));
        }
        let authorization_type = AuthorizationType::parse(authorization_type)
            .map_err(|fault| faulty("authorization_type", &fault))?;
        let connection = Connection::parse(authorization_type, auth_parameters)
            .map_err(|fault| faulty("auth_parameters", &fault))?;
        let belongs_to = belongs_to(namespace.id, name, public_id);
        Ok(ConnectionParameters {
            authorization_type: authorization_type.as_str().to_owned(),
            shown: connection.shown(),
            sealed: self.vault.seal(&belongs_to, &connection.to_sealed_text()),
        })
    }
}

fn faulty(field: &str, fault: &ConnectionFault) -> Refusal {
    let message = format!("1 validation error detected: {fault}");
    Refusal::new(Reason::ValidationException, message).at(field)
}

pub(super) fn checked_name(field: &'static str, name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if (1..=NAME_LENGTH_MAX).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let message = format!("Invalid Name: '{name}': 1 to 64 of a-z, A-Z, 0-9, ., - and _");
    Err(Refusal::new(Reason::InvalidName, message).at(field))
}

pub(super) fn checked_description(description: &str) -> Result<(), Refusal> {
    check::length("description", description, CONNECTION_DESCRIPTION_LENGTH_MAX)
}

/// A connection by its ARN or its name.
pub(super) fn named(text: &str) -> Result<&str, Refusal> {
    const FIELD: &str = "connection";
    if text.is_empty() {
        return Err(check::missing(FIELD));
    }
    let name = arn::parse_connection(text).map_err(|error| Refusal::arn(FIELD, &error))?;
    checked_name(FIELD, name)?;
    Ok(name)
}

pub(super) fn unknown(name: &str) -> Refusal {
    let message = format!("Connection Does Not Exist: '{name}'");
    Refusal::new(Reason::ConnectionDoesNotExist, message).at("connection")
}

pub(super) fn shown(namespace: &Namespace, found: store::Connection) -> v1::Connection {
    v1::Connection {
        connection_arn: arn::connection(namespace, &found.name, found.public_id),
        name: found.name,
        description: found.description,
        authorization_type: found.parameters.authorization_type,
        auth_parameters: found.parameters.shown,
        created_at: Some(timestamp(found.created_at)),
        updated_at: Some(timestamp(found.updated_at)),
    }
}
