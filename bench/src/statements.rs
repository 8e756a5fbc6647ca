//! What PostgreSQL ran, by `pg_stat_statements`: on the hot path, the one commit statement and nothing else.
use std::fmt::Write as _;

use sqlx::{Connection as _, PgConnection, Row as _};

use crate::Fault;
use crate::report::count;

/// A statement that is called more often than this for each execution belongs to the hot path.
const HOT_CALLS_PER_EXECUTION: f64 = 0.01;

pub(crate) async fn available(database_url: &str) -> Result<bool, Fault> {
    let mut database = PgConnection::connect(database_url).await?;
    let query = "select 1 from pg_available_extensions where name = 'pg_stat_statements'";
    let found = sqlx::query(query).fetch_optional(&mut database).await?;
    if found.is_some() {
        sqlx::query("create extension if not exists pg_stat_statements")
            .execute(&mut database)
            .await?;
    }
    Ok(found.is_some())
}

pub(crate) async fn reset(database: &mut PgConnection) -> Result<(), Fault> {
    sqlx::query("select pg_stat_statements_reset()").execute(database).await?;
    Ok(())
}

/// The statements since the reset, the most called first.
pub(crate) async fn report(database: &mut PgConnection, executions: u64) -> Result<String, Fault> {
    let query = "
        select calls, rows, total_exec_time as ms, regexp_replace(query, '\\s+', ' ', 'g') as query
        from pg_stat_statements
        where dbid = (select oid from pg_database where datname = current_database())
            and query not like '%pg_stat_statements%' and query not like '%pg_current_wal%'
            and query not like 'select count(*) from history'
        order by calls desc
        limit 12";
    let rows = sqlx::query(query).fetch_all(database).await?;
    let mut text =
        format!("  {:>9}{:>11}{:>11}{:>11}  statement\n", "calls", "calls/x", "rows", "ms");
    let mut hot = 0;
    for row in &rows {
        let calls = u64::try_from(row.get::<i64, _>("calls"))?;
        let per_execution = count(calls) / count(executions);
        hot += usize::from(per_execution > HOT_CALLS_PER_EXECUTION);
        let (rows, ms) = (row.get::<i64, _>("rows"), row.get::<f64, _>("ms"));
        let opening: String = row.get::<String, _>("query").chars().take(90).collect();
        let _ = writeln!(text, "  {calls:>9}{per_execution:>11.4}{rows:>11}{ms:>11.1}  {opening}");
    }
    let _ = writeln!(text, "  more than {HOT_CALLS_PER_EXECUTION} calls an execution: {hot}\n");
    Ok(text)
}
