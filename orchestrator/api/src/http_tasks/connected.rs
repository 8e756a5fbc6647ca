//! A client that opens the connections which calls name: for a task's hand-out, and for the test of a state.

use std::sync::Arc;

use asl::Payload;
use http_task::{Client, Connection, Credentials, Failure, Invocation, Witness};
use serde_json::Value;
use store::{NamespaceId, Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vault::Vault;

use super::belongs_to;
use crate::arn;
use crate::limits::TESTED_CALLS_MAX;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct ConnectedClient {
    store: Store,
    client: Client,
    vault: Vault,
    may_reveal: bool,
    tests: Arc<Semaphore>,
}

/// A call with all that it takes.
pub(super) struct ReadyCall {
    invocation: Invocation,
    opened: Option<Opened>,
    agent: String,
}

/// A connection that was opened, and the name of this version of it.
struct Opened {
    connection: Connection,
    version: String,
}

/// Why a call can't be made.
pub(super) enum NotReady {
    /// The task fails.
    Failed(Failure),
    /// Its connection can't be read now.
    Away(StoreError),
}

impl From<Failure> for NotReady {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl ConnectedClient {
    pub fn new(store: Store, client: Client, vault: Vault) -> Self {
        let tests = Arc::new(Semaphore::new(TESTED_CALLS_MAX));
        Self { store, client, vault, may_reveal: false, tests }
    }

    /// Whether tests may be told what connections add to requests: AWS's permission `states:RevealSecrets`.
    #[must_use]
    pub fn revealing(self, may_reveal: bool) -> Self {
        Self { may_reveal, ..self }
    }

    pub(super) fn may_reveal(&self) -> bool {
        self.may_reveal
    }

    /// Room for one more test's call, until it is dropped.
    pub(super) fn begin_test(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.tests).try_acquire_owned().ok()
    }

    /// Reads the parameters of `http:invoke`, and opens their connection, which is one of the namespace. `region` is named
    /// to the API.
    pub(super) async fn ready(
        &self,
        namespace: NamespaceId,
        parameters: &Value,
        region: &str,
    ) -> Result<ReadyCall, NotReady> {
        let invocation = Invocation::read(parameters)?;
        let opened = match invocation.connection() {
            Some(arn) => Some(self.open(namespace, arn).await?),
            None => None,
        };
        let agent = format!("Everstep|HttpInvoke|{region}");
        Ok(ReadyCall { invocation, opened, agent })
    }

    pub(super) async fn invoke(&self, call: &ReadyCall) -> Result<Payload, Failure> {
        let result = self.client.invoke(&call.invocation, call.credentials(), &call.agent).await?;
        Ok(Payload::trusted(result))
    }

    pub(super) async fn inspect(
        &self,
        call: &ReadyCall,
        witness: &mut Witness,
    ) -> Result<Payload, Failure> {
        let ReadyCall { invocation, agent, .. } = call;
        let result = self.client.inspect(invocation, call.credentials(), agent, witness).await?;
        Ok(Payload::trusted(result))
    }

    async fn open(&self, namespace: NamespaceId, arn: &str) -> Result<Opened, NotReady> {
        let unknown = || Failure::connection_unknown(arn);
        let name = arn::parse_connection(arn).map_err(|_| unknown())?;
        let row = match self.store.connection_by_name(namespace, name).await {
            Ok(row) => row.ok_or_else(unknown)?,
            Err(away @ StoreError::Unavailable(_)) => return Err(NotReady::Away(away)),
            Err(error) => return Err(Failure::connection_sealed(&error.to_string()).into()),
        };
        let sealed = |why: String| {
            let cause = format!("Connection '{name}' can't be opened: {why}");
            Failure::connection_sealed(&cause)
        };
        let belongs_to = belongs_to(row.namespace, &row.name, row.public_id);
        let text = self.vault.open(&belongs_to, &row.parameters.sealed);
        let text = text.map_err(|fault| sealed(fault.to_string()))?;
        let connection =
            Connection::from_sealed_text(&text).map_err(|fault| sealed(fault.to_string()))?;
        Ok(Opened { connection, version: format!("{} {}", row.public_id, row.version) })
    }
}

impl ReadyCall {
    fn credentials(&self) -> Option<Credentials<'_>> {
        let Opened { connection, version } = self.opened.as_ref()?;
        Some(Credentials { connection, version })
    }
}
