//! From a request to its caller: what it brings along is looked up and checked, if this database asks for keys.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::sigv4::{self, Claim, Expected};
use super::{Caller, basic};
use crate::errors::Refusal;
use crate::operations::Operations;

const SERVICE: &str = "states";

impl Operations {
    /// Of a request in AWS's API, which is signed. `body`: the whole of it.
    pub(crate) async fn signer(&self, parts: &Parts, body: &[u8]) -> Result<Caller, Refusal> {
        if !self.keyring().is_asked_for().await? {
            return Ok(Caller::Anyone);
        }
        let claim = Claim::read(parts)?;
        if claim.has_session_token {
            return Err(Refusal::unrecognized());
        }
        let key = self.keyring().find(&claim.key_id).await?;
        let namespace = self.engine().catalog().namespace(&key.namespace).await?;
        let namespace = namespace.expect("namespaces are never deleted");
        let now = self.engine().now();
        let expected = Expected { region: &namespace.region, service: SERVICE, now };
        sigv4::verify(&claim, &key.secret, (parts, body), expected)?;
        key.note_use(now);
        Ok(Caller::Key(key))
    }

    /// Of a call over gRPC, whose metadata holds the key itself.
    pub(crate) async fn presenter(&self, metadata: &HeaderMap) -> Result<Caller, Refusal> {
        if !self.keyring().is_asked_for().await? {
            return Ok(Caller::Anyone);
        }
        let authorization = metadata.get(header::AUTHORIZATION);
        let authorization = authorization.and_then(|value| value.to_str().ok());
        let presented = authorization.and_then(basic::read).ok_or_else(|| {
            let missing = Refusal::unauthenticated();
            let message = format!(
                "{}: this server asks for an access key, as the metadata `authorization: Basic base64(ID:SECRET)`",
                missing.message
            );
            Refusal { message, ..missing }
        })?;
        let key = self.keyring().find(&presented.id).await?;
        if !presented.is(&key.secret) {
            return Err(Refusal::unrecognized());
        }
        key.note_use(self.engine().now());
        Ok(Caller::Key(key))
    }
}
