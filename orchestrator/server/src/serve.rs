//! One node that serves: joins the database's nodes, stands by or takes over, answers calls, leaves in order.

mod http;
mod open_files;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use api::http_tasks::ConnectedClient;
use clap::Args;
use engine::{Engine, EngineConfig, Readiness};
use store::{Store, StoreError, StoreOptions};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};
use vault::Vault;

use crate::config::duration;
use crate::config::objects::ObjectSettings;
use crate::config::seal::SealSettings;
use crate::error::CommandError;
use http::HttpSettings;

/// How often PostgreSQL is asked again at the start.
const DATABASE_RETRY: Duration = Duration::from_secs(1);
/// Connections that the kernel holds until they are accepted: a fleet of workers that reconnects at once.
const CONNECTIONS_WAITING_MAX: u32 = 1024;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of a server")]
pub(crate) struct ServeSettings {
    /// Where gRPC and the AWS API are served; port 0 takes a free one
    #[arg(
        long,
        env = "EVERSTEP_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:7233"
    )]
    pub(crate) listen: SocketAddr,
    /// Allow an address that other machines reach although there are no access keys: whoever reaches it can do everything
    #[arg(long, env = "EVERSTEP_ALLOW_UNAUTHENTICATED", value_name = "BOOL", default_value = "false", num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) allow_unauthenticated: bool,
    /// How long calls under way may take to end once the server has been told to stop
    #[arg(long, env = "EVERSTEP_STOP_GRACE", value_name = "DURATION", default_value = "10s", value_parser = duration::parse)]
    pub(crate) stop_grace: Duration,
    /// Connections to PostgreSQL for reads and management; each lane has one more of its own
    #[arg(long, env = "EVERSTEP_DATABASE_CONNECTIONS", value_name = "COUNT", default_value = "8", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) database_connections: u32,
    /// Lanes that decide and commit side by side. Not given: one per core
    #[arg(long, env = "EVERSTEP_LANES", value_name = "COUNT", value_parser = clap::value_parser!(i16).range(1..=256))]
    pub(crate) lanes: Option<i16>,
    /// A server that has not raised its counter for so long is deposed by another; the largest part of a takeover's time
    #[arg(long, env = "EVERSTEP_LEASE_TTL", value_name = "DURATION", default_value = "2s", value_parser = duration::parse_positive)]
    pub(crate) lease_ttl: Duration,
    /// How often the counter is raised; at most half of the lease
    #[arg(long, env = "EVERSTEP_HEARTBEAT_INTERVAL", value_name = "DURATION", default_value = "400ms", value_parser = duration::parse_positive)]
    pub(crate) heartbeat_interval: Duration,
    /// Triggers that one commit carries at most
    #[arg(long, env = "EVERSTEP_BATCH_TRIGGERS_MAX", value_name = "COUNT", default_value = "256", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) batch_triggers_max: u32,
    /// Bytes of events that one commit carries at most, unless a single trigger has more
    #[arg(long, env = "EVERSTEP_BATCH_BYTES_MAX", value_name = "BYTES", default_value = "4194304", value_parser = clap::value_parser!(u32).range(1024..))]
    pub(crate) batch_bytes_max: u32,
    /// Triggers that wait for a lane at most; beyond it callers are told to come back
    #[arg(long, env = "EVERSTEP_MAILBOX_MAX", value_name = "COUNT", default_value = "16384", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) mailbox_max: u32,
    /// A task that its worker has not acknowledged for so long is offered again
    #[arg(long, env = "EVERSTEP_HANDOUT_ACK", value_name = "DURATION", default_value = "5s", value_parser = duration::parse_positive)]
    pub(crate) handout_ack: Duration,
    /// After a takeover, a started task that no worker has announced for so long is offered again
    #[arg(long, env = "EVERSTEP_ANNOUNCE_GRACE", value_name = "DURATION", default_value = "10s", value_parser = duration::parse_positive)]
    pub(crate) announce_grace: Duration,
    /// Executions in memory at most, per lane
    #[arg(long, env = "EVERSTEP_RESIDENTS_MAX", value_name = "COUNT", default_value = "100000", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) residents_max: u32,
    #[command(flatten)]
    pub(crate) http: HttpSettings,
    #[command(flatten)]
    pub(crate) objects: ObjectSettings,
    #[command(flatten)]
    pub(crate) seal: SealSettings,
}

/// An address that is taken and not listened on: until then a call is refused at once instead of waiting for an answer.
pub(crate) struct Bound {
    socket: TcpSocket,
    address: SocketAddr,
}

impl Bound {
    pub(crate) fn listen(self) -> Result<TcpListener, CommandError> {
        self.socket.listen(CONNECTIONS_WAITING_MAX).map_err(|error| unbound(self.address, &error))
    }
}

fn unbound(address: SocketAddr, error: &std::io::Error) -> CommandError {
    CommandError::unavailable(format!(
        "cannot listen on {address}: {error}; stop what listens there, or give another --listen"
    ))
}

/// A database that may be served from.
pub(crate) struct Opened {
    pub(crate) store: Store,
    /// It has access keys.
    pub(crate) callers_need_keys: bool,
}

/// What is done about the database's schema before it is used.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Schema {
    /// Bring it to this version's.
    Migrate,
    /// Refuse one that does not fit.
    Check,
}

impl ServeSettings {
    /// Refuses an address that other machines reach, unless callers need keys, or everybody shall be let in.
    /// `keys`: how the database is given one.
    pub(crate) fn check_reach(
        &self,
        callers_need_keys: bool,
        keys: &str,
    ) -> Result<(), CommandError> {
        let listen = self.listen;
        if listen.ip().is_loopback() || callers_need_keys || self.allow_unauthenticated {
            return Ok(());
        }
        Err(CommandError::usage(format!(
            "{listen} can be reached from other machines, and without keys whoever reaches it can do everything; \
             {keys}, listen on 127.0.0.1, or give --allow-unauthenticated"
        )))
    }

    /// Takes the address, or says why it cannot be taken. Nobody can connect yet.
    pub(crate) fn bind(&self) -> Result<Bound, CommandError> {
        open_files::raise();
        let listen = self.listen;
        let bound = || {
            let socket = if listen.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
            // As every server: the connections of a predecessor may still be closing.
            socket.set_reuseaddr(true)?;
            socket.bind(listen)?;
            Ok(socket)
        };
        bound()
            .map(|socket| Bound { socket, address: listen })
            .map_err(|error| unbound(listen, &error))
    }

    fn engine(&self, address: SocketAddr) -> Result<EngineConfig, CommandError> {
        if self.heartbeat_interval * 2 > self.lease_ttl {
            return Err(CommandError::usage(format!(
                "--heartbeat-interval ({:?}) must be at most half of --lease-ttl ({:?}), or one late heartbeat loses the lease",
                self.heartbeat_interval, self.lease_ttl
            )));
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = |count: u32| usize::try_from(count).expect("32 bits fit a usize");
        Ok(EngineConfig {
            lanes: self.lanes.unwrap_or_else(|| i16::try_from(cores).unwrap_or(i16::MAX)),
            lease_ttl: self.lease_ttl,
            heartbeat_interval: self.heartbeat_interval,
            batch_triggers_max: size(self.batch_triggers_max),
            batch_bytes_max: size(self.batch_bytes_max),
            mailbox_max: size(self.mailbox_max),
            handout_ack: self.handout_ack,
            announce_grace: self.announce_grace,
            residents_max: size(self.residents_max),
            objects: self.objects.open(),
            address: address.to_string(),
        })
    }

    /// Waits for a PostgreSQL that is away: servers and databases start in any order.
    pub(crate) async fn connect(
        &self,
        database_url: &str,
        schema: Schema,
    ) -> Result<Opened, CommandError> {
        let mut said = None;
        loop {
            let reason = match self.open(database_url, schema).await {
                Err(StoreError::Unavailable(reason)) => reason,
                answer => return answer.map_err(|error| refusal(&error)),
            };
            // Once for each reason: an outage may last.
            if said.as_ref() != Some(&reason) {
                warn!(reason, "PostgreSQL does not answer; trying again until it does");
            }
            said = Some(reason);
            tokio::time::sleep(DATABASE_RETRY).await;
        }
    }

    /// All that is asked of PostgreSQL before the node joins: it may go away between any two of these.
    async fn open(&self, database_url: &str, schema: Schema) -> Result<Opened, StoreError> {
        let mut options = StoreOptions::new(database_url);
        options.pool_max = self.database_connections;
        let store = Store::connect(options).await?;
        match schema {
            Schema::Migrate => drop(store.migrate().await?),
            Schema::Check => store.check_schema().await?,
        }
        // Read once and kept.
        store.homes().await?;
        let keys = store.access_key_tally().await?;
        Ok(Opened { store, callers_need_keys: keys.made > 0 })
    }

    /// Serves until `stop` is there, then leaves in order. `ready` is called each time that the node begins to serve.
    pub(crate) async fn run(
        &self,
        Opened { store, callers_need_keys }: Opened,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
        ready: impl FnMut(SocketAddr) + Send + 'static,
    ) -> Result<(), CommandError> {
        let address = listener.local_addr().map_err(|error| {
            CommandError::internal(format!("the listener has no address: {error}"))
        })?;
        if callers_need_keys {
            info!(%address, "serving whoever has an access key");
        } else if self.allow_unauthenticated {
            warn!(%address, "serving without keys: whoever reaches this address can do everything");
        } else {
            info!(%address, "serving without keys, on loopback only");
        }
        let vault = self.seal.vault(&store).await?;
        let engine = api::join(store, self.engine(address)?).await.map_err(|error| {
            CommandError::unavailable(format!("cannot join the nodes of the database: {error}"))
        })?;
        let client = self.http.client(engine.store().clone(), vault.clone())?;
        let reporter = tokio::spawn(report(engine.readiness(), address, ready));
        let served = self.serve((engine.clone(), vault, client), listener, stop).await;
        engine.leave().await;
        reporter.abort();
        info!("left in order");
        served
    }

    async fn serve(
        &self,
        (engine, vault, client): (Engine, Vault, ConnectedClient),
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), CommandError> {
        let (stop_serving, stopped) = tokio::sync::oneshot::channel::<()>();
        let stop_calls = CancellationToken::new();
        let calls = self.http.tasks(engine.clone(), client.clone()).serve(stop_calls.clone());
        let shutdown = async move {
            // A sender that is gone means the same.
            let _ = stopped.await;
            stop_calls.cancel();
        };
        let grpc = api::grpc::serve(engine, vault, client, listener, shutdown);
        let mut serving = tokio::spawn(async move {
            let calls = async move {
                calls.await;
                Ok(())
            };
            tokio::try_join!(Box::pin(grpc), Box::pin(calls)).map(|((), ())| ())
        });
        let outcome = tokio::select! {
            outcome = &mut serving => Ok(outcome),
            () = stop => {
                info!("stopping: no new calls; those under way may end");
                // It listens no longer if it has just ended by itself.
                let _ = stop_serving.send(());
                tokio::time::timeout(self.stop_grace, &mut serving).await
            }
        };
        let Ok(outcome) = outcome else {
            warn!(grace = ?self.stop_grace, "calls under way are broken off");
            serving.abort();
            return Ok(());
        };
        let failed = |why: String| CommandError::internal(format!("gRPC ended: {why}"));
        outcome
            .map_err(|error| failed(error.to_string()))?
            .map_err(|error| failed(error.to_string()))
    }
}

pub(crate) fn refusal(error: &StoreError) -> CommandError {
    let message = error.to_string();
    match error {
        StoreError::Unavailable(_) => CommandError::unavailable(message),
        StoreError::Schema(_) | StoreError::Configuration(_) => CommandError::usage(message),
        StoreError::Refused(_) | StoreError::Full => CommandError::internal(message),
    }
}

async fn report(
    mut readiness: watch::Receiver<Readiness>,
    address: SocketAddr,
    mut ready: impl FnMut(SocketAddr),
) {
    let mut before = None;
    loop {
        let now = readiness.borrow_and_update().clone();
        // It is set at each heartbeat; a line each time would bury the others.
        if before.as_ref() != Some(&now) {
            log(&now, address);
            if now == Readiness::Ready {
                ready(address);
            }
        }
        if now == Readiness::Stopped || readiness.changed().await.is_err() {
            return;
        }
        before = Some(now);
    }
}

fn log(readiness: &Readiness, address: SocketAddr) {
    match readiness {
        Readiness::Joining => info!("joining"),
        Readiness::StandingBy { behind } => info!(behind, "standing by: another node is active"),
        Readiness::DatabaseAway { since, reason } => {
            warn!(%since, reason, "PostgreSQL is away; calls are refused until it is back");
        }
        // The engine says it where there are any.
        Readiness::TakingOver => debug!("looking for executions of a predecessor"),
        Readiness::Ready => info!(%address, "ready"),
        Readiness::Stopped => {}
    }
}

/// SIGTERM, or Ctrl-C. A second one ends the process at once, for whoever cannot wait.
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>, CommandError> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| {
        signal(kind)
            .map_err(|error| CommandError::internal(format!("cannot wait for signals: {error}")))
    };
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(130);
        });
    })
}
