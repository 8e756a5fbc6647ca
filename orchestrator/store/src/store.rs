//! The pool for reads and management. Lanes have connections of their own.

use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Row};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::error::StoreError;
use crate::sql::sql;

/// Every statement of ours stays prepared on each connection.
const STATEMENTS_MAX: usize = 200;
/// A connection that rested this long is asked whether it still stands; a busy one shows it by itself.
const REST_MAX: Duration = Duration::from_secs(1);

/// As `server_version_num` counts: 15.0.
const VERSION_MIN: i32 = 150_000;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: PgPool,
    pub(crate) options: Arc<StoreOptions>,
    pub(crate) connect_options: PgConnectOptions,
    pub(crate) deployment: Arc<OnceCell<Deployment>>,
}

/// What the first migration drew for good.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deployment {
    pub(crate) secret: [u8; 32],
    pub(crate) homes: i16,
}

#[derive(Debug, Clone)]
pub struct StoreOptions {
    pub database_url: String,
    /// Connections for reads and management, lanes not counted.
    pub pool_max: u32,
    /// For a new connection, and for a free one of the pool.
    pub connect_timeout: Duration,
    /// For the answer to a read or a statement of management. Never for a commit.
    pub answer_timeout: Duration,
}

/// What came of creating something that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation<T> {
    Created(T),
    /// It stood before, the same.
    Same(T),
    /// Another of that name stands.
    Differs(T),
}

impl<T> Creation<T> {
    pub(crate) fn stands(standing: T, same: bool) -> Self {
        if same { Self::Same(standing) } else { Self::Differs(standing) }
    }
}

impl StoreOptions {
    pub fn new(database_url: impl Into<String>) -> Self {
        Self {
            database_url: database_url.into(),
            pool_max: 8,
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(10),
        }
    }
}

impl Store {
    /// Makes the pool; its first connection is opened here, so that wrong settings show at once.
    pub async fn connect(options: StoreOptions) -> Result<Self, StoreError> {
        let connect_options = PgConnectOptions::from_str(&options.database_url)
            .map_err(|error| {
                StoreError::Configuration(format!("the URL is not understood: {error}"))
            })?
            .application_name("everstep")
            .statement_cache_capacity(STATEMENTS_MAX);
        let pool = PgPoolOptions::new()
            .max_connections(options.pool_max)
            .acquire_timeout(options.connect_timeout)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    let rested = meta.idle_for > REST_MAX;
                    Ok(!rested || connection.ping().await.is_ok())
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move { open_session(connection, sql!("session/reader.sql")).await })
            })
            .connect_lazy_with(connect_options.clone());
        let store =
            Self { pool, options: Arc::new(options), connect_options, deployment: Arc::default() };
        // Not through the pool: that would try again until its timeout, and then hide the reason.
        drop(store.connection(sql!("session/reader.sql")).await?);
        Ok(store)
    }

    /// Closes the pool's connections; lanes close theirs when they are dropped.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A connection outside the pool, prepared by `session`.
    pub(crate) async fn connection(
        &self,
        session: &'static str,
    ) -> Result<PgConnection, StoreError> {
        let open = async {
            let mut connection = PgConnection::connect_with(&self.connect_options).await?;
            open_session(&mut connection, session).await?;
            Ok(connection)
        };
        match timeout(self.options.connect_timeout, open).await {
            Ok(opened) => opened.map_err(|error: sqlx::Error| StoreError::of(&error)),
            Err(_) => Err(StoreError::Unavailable(format!(
                "no connection within {:?}",
                self.options.connect_timeout
            ))),
        }
    }

    /// Bounds a statement of the pool in time and sorts its errors.
    pub(crate) async fn answer<T>(
        &self,
        statement: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        match timeout(self.options.answer_timeout, statement).await {
            Ok(answer) => answer.map_err(|error| StoreError::of(&error)),
            Err(_) => Err(StoreError::Unavailable(format!(
                "no answer within {:?}",
                self.options.answer_timeout
            ))),
        }
    }
}

/// Refuses a server that is too old, and a standby: it would answer reads from the past and no write at all.
async fn open_session(
    connection: &mut PgConnection,
    session: &'static str,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(session).persistent(false).fetch_all(connection).await?;
    let version: i32 = rows.first().map_or(0, |row| row.get("version"));
    if version < VERSION_MIN {
        let found = format!("the server is PostgreSQL {}, at least 15 is needed", version / 10_000);
        return Err(sqlx::Error::Configuration(found.into()));
    }
    if rows.iter().any(|row| row.get("read_only")) {
        let standby = "the server is a read-only standby, not the primary";
        return Err(sqlx::Error::Io(std::io::Error::other(standby)));
    }
    Ok(())
}
