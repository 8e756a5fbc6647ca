//! Who is behind the call that runs now.

use std::future::Future;
use std::sync::Arc;

use store::NamespaceId;

use super::keyring::Key;
use crate::errors::{Reason, Refusal};

tokio::task_local! {
    static CALLER: Arc<Key>;
}

/// What a call may reach follows from the access key that it came with.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The database has no access keys: whoever reaches the server.
    Anyone,
    Key(Arc<Key>),
    /// The database has access keys, and this call came by no face that asks for them.
    Nobody,
}

impl Caller {
    /// Of the call that runs now. `required`: the database has access keys.
    pub(crate) fn current(required: bool) -> Self {
        match CALLER.try_with(Arc::clone) {
            Ok(key) => Self::Key(key),
            Err(_) if required => Self::Nobody,
            Err(_) => Self::Anyone,
        }
    }

    /// Runs a call as this caller's; one whose key is revoked meanwhile ends.
    pub(crate) async fn run<T>(&self, call: impl Future<Output = T>) -> Result<T, Refusal> {
        let Self::Key(key) = self else { return Ok(call.await) };
        tokio::select! {
            answer = CALLER.scope(Arc::clone(key), call) => Ok(answer),
            () = key.revoked() => Err(Refusal::unrecognized()),
        }
    }

    /// Waits until the key is revoked: what lasts as long as its client wants ends then.
    pub(crate) async fn revoked(&self) {
        match self {
            Self::Key(key) => key.revoked().await,
            Self::Anyone | Self::Nobody => std::future::pending().await,
        }
    }

    /// The namespace that a request means by no name.
    pub(crate) fn own_namespace(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(&key.namespace),
            Self::Anyone | Self::Nobody => None,
        }
    }

    /// Refuses a namespace that is not the caller's, whether it exists or not.
    pub(crate) fn reach(&self, namespace: &str) -> Result<(), Refusal> {
        match self {
            Self::Anyone => Ok(()),
            Self::Key(key) if key.administers || key.namespace == namespace => Ok(()),
            Self::Key(key) => Err(denied(format!(
                "The access key {} belongs to the namespace '{}' and does not reach '{namespace}'",
                key.id, key.namespace
            ))),
            Self::Nobody => Err(Refusal::unauthenticated()),
        }
    }

    /// Whether it may answer tasks of a namespace, whose tokens it has.
    pub(crate) fn reaches_tasks_of(&self, namespace: NamespaceId) -> bool {
        match self {
            Self::Anyone => true,
            Self::Key(key) => key.administers || key.namespace_id == namespace,
            Self::Nobody => false,
        }
    }

    /// The one namespace that the caller reaches; `None`: all of them.
    pub(crate) fn confined(&self) -> Result<Option<String>, Refusal> {
        match self {
            Self::Anyone => Ok(None),
            Self::Key(key) => Ok(Some(&key.namespace).filter(|_| !key.administers).cloned()),
            Self::Nobody => Err(Refusal::unauthenticated()),
        }
    }

    /// Refuses whoever may not make and change namespaces.
    pub(crate) fn administer(&self) -> Result<(), Refusal> {
        match self {
            Self::Anyone => Ok(()),
            Self::Key(key) if key.administers => Ok(()),
            Self::Key(key) => Err(denied(format!(
                "The access key {} does not administer: namespaces are made and changed with one of `everstep keys create --admin`",
                key.id
            ))),
            Self::Nobody => Err(Refusal::unauthenticated()),
        }
    }
}

fn denied(message: String) -> Refusal {
    Refusal::new(Reason::AccessDeniedException, message)
}
