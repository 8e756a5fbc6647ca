//! Every statement stands against the migrated schema, and the hot ones have the same indexed plan whatever PostgreSQL
//! believes of its tables.

use std::fs;
use std::path::Path;

use chrono::Utc;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use store::{Batch, ExecutionStatus};

use crate::world::{World, end, id, write};

/// What every transition takes.
const IN_LANES: &[&str] = &["lane/commit.sql", "lane/raise_epoch.sql"];
/// What every describe and every page of history takes.
const IN_READS: &[&str] = &[
    "execution/get.sql",
    "execution/find_name.sql",
    "history/read_forwards.sql",
    "history/read_backwards.sql",
    "history/find_public.sql",
];

#[tokio::test]
async fn every_statement_prepares_and_says_what_it_is_for() {
    let world = World::new().await;
    let mut connection = world.connection().await;
    let queries = statements();
    assert!(queries.len() > 20, "the folder was found");
    for (name, text) in queries {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("-- ") && first.len() > 20, "{name} opens with its purpose");
        let prepare = format!("prepare checked as {text}");
        let prepared = sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await;
        assert!(prepared.is_ok(), "{name}: {}", prepared.unwrap_err());
        sqlx::raw_sql("deallocate checked").execute(&mut connection).await.unwrap();
    }
}

#[tokio::test]
async fn hot_statements_never_scan_a_table_whatever_the_statistics() {
    let world = World::new().await;
    let mut connection = world.connection().await;
    // Believed to be: never looked at; known to be empty.
    for vacuum in [false, true] {
        if vacuum {
            sqlx::raw_sql("vacuum analyze").execute(&mut connection).await.unwrap();
        }
        for (session, names) in [("session/lane.sql", IN_LANES), ("session/reader.sql", IN_READS)] {
            sqlx::raw_sql(AssertSqlSafe(statement(session)))
                .execute(&mut connection)
                .await
                .unwrap();
            never_scan(&mut connection, names).await;
        }
    }
}

async fn never_scan(connection: &mut PgConnection, names: &[&str]) {
    for name in names {
        let plan = generic_plan(connection, &statement(name)).await;
        assert!(
            !plan.contains("Seq Scan"),
            "{name}
{plan}"
        );
    }
}

#[tokio::test]
async fn the_commit_reaches_rows_through_keys_alone_even_in_a_session_that_is_not_ours() {
    let world = World::new().await;
    let mut connection = world.connection().await;
    sqlx::raw_sql("vacuum analyze").execute(&mut connection).await.unwrap();
    let plan = generic_plan(&mut connection, &statement("lane/commit.sql")).await;
    // Rows are only ever inserted; an end finds its own as a conflict of the primary key, and messages are deleted by a function.
    for table in ["execution", "execution_name", "history", "inbox"] {
        assert!(!plan.contains(&format!("Scan on {table}")), "{plan}");
        assert!(!plan.contains(&format!("Update on {table}")), "{plan}");
    }
    assert!(plan.contains("Conflict Arbiter Indexes: execution_pkey"), "{plan}");
}

#[tokio::test]
async fn a_commit_planned_while_tables_were_empty_never_scans_them_once_they_are_full() {
    const ENDS: u32 = 64;
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let mut connection = world.connection().await;
    // Known to be empty, and nothing will tell otherwise: the plan is made now and kept.
    let partition = format!("execution_p{}", Utc::now().format("%Y%m"));
    let empty = format!("alter table {partition} set (autovacuum_enabled = off); vacuum analyze");
    for statement in empty.split(';') {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    let ids: Vec<_> = (1..=ENDS).map(id).collect();
    write(&mut lane, &world.starts(&ids)).await;
    let fill = "insert into execution (id, machine, revision, started_at, ended_at, home, status) \
         select (lpad(to_hex(n), 12, '0') || '70008000000000000000')::uuid, 1, 1, now(), now(), 0, 'SUCCEEDED' \
         from generate_series(1, 300000) n";
    sqlx::raw_sql(fill).execute(&mut connection).await.unwrap();

    let ends = ids.iter().map(|id| end(*id, ExecutionStatus::Succeeded)).collect();
    write(&mut lane, &Batch { ends, ..Batch::default() }).await;

    // A session counts its scans for others to see when it ends.
    drop(lane);
    let count = "select seq_scan, idx_scan from pg_stat_user_tables where relname = $1";
    loop {
        let counted = sqlx::query_as(count).bind(&partition).fetch_one(&mut connection).await;
        let (scans, looks): (i64, i64) = counted.unwrap();
        assert_eq!(scans, 0);
        if looks >= i64::from(ENDS) {
            break;
        }
    }
}

/// The plan that a session keeps when it plans once for all values.
async fn generic_plan(connection: &mut PgConnection, statement: &str) -> String {
    let mut run = async |text: String| {
        sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(&mut *connection).await.expect("runs")
    };
    run("set plan_cache_mode = force_generic_plan".to_owned()).await;
    run(format!("prepare explained as {statement}")).await;
    let parameters = (1..100).take_while(|n| statement.contains(&format!("${n}"))).count();
    let nulls = vec!["null"; parameters].join(", ");
    let lines = run(format!("explain (costs off) execute explained ({nulls})")).await;
    run("deallocate explained".to_owned()).await;
    let lines: Vec<String> = lines.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

fn statement(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/queries").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn statements() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/queries");
    let nouns = fs::read_dir(&root).expect("the folder of statements").flatten();
    let files =
        nouns.flat_map(|noun| fs::read_dir(noun.path()).expect("a noun's folder").flatten());
    files
        .map(|file| {
            let path = file.path();
            let name = path.strip_prefix(&root).expect("is inside").to_string_lossy().into_owned();
            (name.clone(), statement(&name))
        })
        .collect()
}
