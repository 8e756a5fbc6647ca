//! The operations, one a file. Each takes a request of `everstep/v1`, checks it, asks the engine or the store, and
//! answers or refuses. No transport is known here, so that every face gives the same answers.

use std::sync::Arc;
use std::time::Duration;

use engine::{Engine, EngineConfig, EngineError, Namespace, Readiness};
use store::{Store, StoreError};
use tokio::sync::watch;
use vault::Vault;

use crate::access::{Caller, Keyring};
use crate::border::Border;
use crate::errors::Refusal;
use crate::http_tasks::ConnectedClient;
use crate::limits::ANSWER_WITHIN;
use crate::pollers::Pollers;
use crate::seal::Seal;
use crate::throttle::Throttle;

mod activity;
mod alias;
mod connection;
mod definition;
mod lookup;
mod map_run;
mod settings;
mod tags;
mod token_batch;
mod try_task;
mod variable_references;

mod create_state_machine;
mod delete_state_machine;
mod describe_state_machine;
mod describe_state_machine_for_execution;
mod list_state_machines;
mod test_state;
mod update_state_machine;
mod validate_state_machine_definition;

mod delete_state_machine_version;
mod list_state_machine_versions;
mod publish_state_machine_version;

mod create_state_machine_alias;
mod delete_state_machine_alias;
mod describe_state_machine_alias;
mod list_state_machine_aliases;
mod update_state_machine_alias;

mod list_tags_for_resource;
mod tag_resource;
mod untag_resource;

mod describe_execution;
mod get_execution_history;
mod list_executions;
mod redrive_execution;
mod start_execution;
mod start_execution_and_wait;
mod start_sync_execution;
mod stop_execution;
mod watch_execution;

mod describe_map_run;
mod list_map_runs;
mod update_map_run;

mod acknowledge_tasks;
mod get_activity_task;
mod heartbeat_tasks;
mod poll_tasks;
mod report_tasks;
mod return_tasks;
mod work;

mod create_activity;
mod delete_activity;
mod describe_activity;
mod labelled;
mod list_activities;

mod create_connection;
mod delete_connection;
mod describe_connection;
mod list_connections;
mod update_connection;

mod create_namespace;
mod describe_namespace;
mod list_namespaces;
mod update_namespace;

pub use get_activity_task::{ActivityTask, Hold};
pub(crate) use lookup::{arn_of, machine_qualified};
pub use report_tasks::OutcomeResult;
pub use watch_execution::Watch;
pub use work::{Answer, Dialogue};

/// How long a client should wait before it tries again: about a failover's time to be noticed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// An engine on the database, with this floor at its border.
pub async fn join(store: Store, config: EngineConfig) -> Result<Engine, EngineError> {
    let seal = Seal::new(&store.secret().await?);
    Engine::join(store, config, Arc::new(Border::new(seal))).await
}

/// What seals secrets in a database: the key that follows from its own secret. An operator's keys come before it.
pub async fn vault(store: &Store) -> Result<Vault, StoreError> {
    Ok(Vault::derived(&store.secret().await?))
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Operations {
    engine: Engine,
    readiness: watch::Receiver<Readiness>,
    seal: Seal,
    vault: Vault,
    http: ConnectedClient,
    keyring: Keyring,
    /// Of what outlives the call that began it.
    on_behalf_of: Option<Caller>,
    throttle: Arc<Throttle>,
    pollers: Pollers,
    /// The request was counted: by the AWS face, whose requests name no namespace.
    is_admitted: bool,
}

impl Operations {
    /// Reads the database's secret, which seals the tokens. `vault` seals connections and access keys.
    /// `http` makes the calls of HTTP tasks that are tested.
    pub async fn new(
        engine: Engine,
        vault: Vault,
        http: ConnectedClient,
    ) -> Result<Self, StoreError> {
        let seal = Seal::new(&engine.store().secret().await?);
        let readiness = engine.readiness();
        let keyring = Keyring::new(engine.store().clone(), vault.clone());
        let (throttle, pollers) = (Arc::default(), Pollers::default());
        let (on_behalf_of, is_admitted) = (None, false);
        Ok(Self {
            engine,
            readiness,
            seal,
            vault,
            http,
            keyring,
            on_behalf_of,
            throttle,
            pollers,
            is_admitted,
        })
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Whose call runs now.
    pub(crate) fn caller(&self) -> Caller {
        self.on_behalf_of.clone().unwrap_or_else(|| Caller::current(self.keyring.is_required()))
    }

    /// For what goes on after the call that runs now: a stream's messages are its caller's, too.
    pub(crate) fn for_caller(&self) -> Self {
        Self { on_behalf_of: Some(self.caller()), ..self.clone() }
    }

    /// For a request that the namespace's rate has room for.
    pub(crate) fn admitted(self, namespace: &Namespace) -> Result<Self, Refusal> {
        self.throttle.admit(namespace)?;
        Ok(Self { is_admitted: true, ..self })
    }

    /// Runs an operation that should answer at once: refused while this node does not serve, and where no answer has
    /// come within the client's patience (`None`: a bound of ours).
    pub async fn answer<T>(
        &self,
        patience: Option<Duration>,
        operation: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        self.serving()?;
        let within = patience.unwrap_or(ANSWER_WITHIN).min(ANSWER_WITHIN);
        let answer = tokio::time::timeout(within, operation).await;
        answer.unwrap_or_else(|_| Err(no_answer(within)))
    }

    /// Why this node does not serve, if it does not.
    pub fn serving(&self) -> Result<(), Refusal> {
        let why = match &*self.readiness.borrow() {
            Readiness::Ready => return Ok(()),
            Readiness::Joining => "this node is joining".to_owned(),
            Readiness::StandingBy { behind } => {
                format!("this node stands by: {behind} holds the lease")
            }
            Readiness::DatabaseAway { since, reason } => {
                format!("PostgreSQL has been away since {}: {reason}", since.to_rfc3339())
            }
            Readiness::TakingOver => {
                "this node is taking over a predecessor's executions".to_owned()
            }
            Readiness::Stopped => "this node is stopping".to_owned(),
        };
        Err(Refusal::unavailable(why, RETRY_AFTER))
    }
}

fn no_answer(within: Duration) -> Refusal {
    let why = format!(
        "no answer from PostgreSQL within {within:?}; a change that was asked for may still happen"
    );
    Refusal::unavailable(why, RETRY_AFTER)
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        use crate::errors::Reason;
        match error {
            StoreError::Unavailable(_) | StoreError::Schema(_) | StoreError::Configuration(_) => {
                Self::unavailable(error.to_string(), RETRY_AFTER)
            }
            StoreError::Full => Self::quota_exceeded(),
            StoreError::Refused(_) => {
                tracing::error!(%error, "PostgreSQL refused a statement");
                Self::new(Reason::InternalServerError, error.to_string())
            }
        }
    }
}
