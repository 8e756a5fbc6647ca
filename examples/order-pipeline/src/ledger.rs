//! The workers' own books: a row for every time that a task was begun, so that lost and doubled effects can be counted.
//!
//! A ledger whose database is away is waited for: the task's heartbeats go on meanwhile, and its timeout decides.

mod statement;

use std::time::Duration;

use chrono::{DateTime, Utc};
use everstep_worker::TaskContext;
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgPool, PgPoolOptions};
use uuid::Uuid;

use self::statement::Statements;

/// What the workers do in the world; a table each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    Charge,
    Reservation,
    Shipment,
    Refund,
    Email,
}

impl Effect {
    pub const ALL: [Self; 5] =
        [Self::Charge, Self::Reservation, Self::Shipment, Self::Refund, Self::Email];
}

/// One row: a hand-out that a worker began, and whether it came to its effect.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// JSON text.
    pub order_id: String,
    pub execution_arn: String,
    pub state: String,
    /// From 1.
    pub attempt: i32,
    pub hand_outs_before: i32,
    /// SHA-256 of the task token, in hexadecimal digits.
    pub token_hash: String,
    pub started_at: DateTime<Utc>,
    /// When the effect came about; `None`: the worker did not get that far.
    pub done_at: Option<DateTime<Utc>>,
}

/// The sums of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Count {
    /// Executions that have an effect in the table.
    pub executions: i64,
    pub begun: i64,
    pub done: i64,
    /// Effects beyond the first of their execution and state, each explained by an attempt or a hand-out of its own.
    pub repeated: i64,
    /// Effects that nothing explains: the same hand-out came to its effect twice.
    pub doubled: i64,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    pool: PgPool,
}

/// An entry that was begun: `done` ends it.
#[derive(Debug)]
pub struct Begun {
    effect: Effect,
    run: Uuid,
}

/// A restarted PostgreSQL is back within a second or two.
const PATIENCE: Duration = Duration::from_millis(200);

impl Ledger {
    /// Does not wait for the database: the first statement does.
    pub fn open(url: &str) -> Result<Self, sqlx::Error> {
        let pool =
            PgPoolOptions::new().acquire_timeout(Duration::from_secs(5)).connect_lazy(url)?;
        Ok(Self { pool })
    }

    /// Makes the schema `ledger` and its tables where they are not there yet.
    pub async fn migrate(&self) -> Result<(), sqlx::Error> {
        patiently(|| sqlx::raw_sql(include_str!("ledger/schema.sql")).execute(&self.pool)).await?;
        Ok(())
    }

    /// A worker begins a task.
    pub async fn begin(
        &self,
        effect: Effect,
        order_id: &str,
        task: &TaskContext,
    ) -> Result<Begun, sqlx::Error> {
        let run = Uuid::new_v4();
        let token_hash = hexadecimal(&Sha256::digest(task.token()));
        let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        patiently(|| {
            sqlx::query(effect.statements().begin)
                .bind(run)
                .bind(order_id)
                .bind(task.execution_arn())
                .bind(task.state())
                .bind(count(task.attempt()))
                .bind(count(task.hand_outs_before()))
                .bind(&token_hash)
                .execute(&self.pool)
        })
        .await?;
        Ok(Begun { effect, run })
    }

    /// The effect has come about.
    pub async fn done(&self, Begun { effect, run }: Begun) -> Result<(), sqlx::Error> {
        patiently(|| sqlx::query(effect.statements().done).bind(run).execute(&self.pool)).await?;
        Ok(())
    }

    /// Every row of a table, oldest first.
    pub async fn entries(&self, effect: Effect) -> Result<Vec<Entry>, sqlx::Error> {
        sqlx::query_as(effect.statements().entries).fetch_all(&self.pool).await
    }

    pub async fn count(&self, effect: Effect) -> Result<Count, sqlx::Error> {
        sqlx::query_as(effect.statements().count).fetch_one(&self.pool).await
    }
}

impl Effect {
    fn statements(self) -> &'static Statements {
        match self {
            Self::Charge => &statement::CHARGES,
            Self::Reservation => &statement::RESERVATIONS,
            Self::Shipment => &statement::SHIPMENTS,
            Self::Refund => &statement::REFUNDS,
            Self::Email => &statement::EMAILS,
        }
    }
}

/// Tries until the database answers, whatever it then says.
async fn patiently<T, Fut>(mut attempt: impl FnMut() -> Fut) -> sqlx::Result<T>
where
    Fut: Future<Output = sqlx::Result<T>>,
{
    loop {
        match attempt().await {
            Err(error) if is_away(&error) => {
                tracing::warn!(%error, "the ledger's database does not answer");
                tokio::time::sleep(PATIENCE).await;
            }
            answer => return answer,
        }
    }
}

/// The connection was lost or refused; or (class 57) the server stops, or is not up yet.
fn is_away(error: &sqlx::Error) -> bool {
    if let Some(error) = error.as_database_error() {
        return error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08"));
    }
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes what is written");
        text
    })
}
