//! One measurement from its first process to its last line.
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::{PgConnection, Row as _};

use crate::floor::Floor;
use crate::machine::{self, Spent};
use crate::pace::Pace;
use crate::report::{self, Run};
use crate::stage::{self, Stage};
use crate::workload::Workload;
use crate::{Fault, runtime, statements};

/// Caches, plans and connections are warm after this.
const WARM_UP_SECONDS: f64 = 3.0;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Callers in a closed loop; may be given more than once [default: 1, 64 and 256; fan-out: 1]
    #[arg(long, value_name = "N")]
    concurrency: Vec<usize>,
    /// How long each run lasts
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Writes the runs there, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Prints the statements that PostgreSQL ran in each run (needs `pg_stat_statements`, and costs some processor time)
    #[arg(long)]
    statements: bool,
    /// The binary to measure [default: this build's]
    #[arg(long, value_name = "PATH")]
    everstep: Option<PathBuf>,
}

/// A folder that goes with the measurement.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("everstep-bench-{}", std::process::id())))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn run(workloads: &[Workload], options: &Options) -> Result<(), Fault> {
    let everstep = stage::everstep(options.everstep.as_deref())?;
    let folder = Folder::new();
    let mut cluster = stage::start_cluster(folder.path())?;
    let runtime = runtime()?;
    let statements = options.statements
        && runtime.block_on(statements::available(&stage::database_url(&cluster)))?;
    if options.statements && !statements {
        println!("pg_stat_statements is not installed: install PostgreSQL's contrib package.");
    }
    if statements {
        let preload = "alter system set shared_preload_libraries = 'pg_stat_statements'";
        cluster.execute("postgres", preload)?;
        cluster.restart()?;
    }
    let stage = runtime.block_on(Stage::set(&everstep, cluster, workloads))?.with_worker()?;
    let runs = runtime.block_on(measure(&stage, workloads, options, statements))?;
    let cluster = stage.clear();
    let floor = runtime.block_on(Floor::measure(&stage::database_url(&cluster)))?;
    println!("\n{floor}");
    for workload in workloads {
        let of_it = runs.iter().filter(|run| run.workload == *workload);
        if let Some(pace) = Pace::measure(*workload)? {
            println!("{}", pace.line(&of_it.collect::<Vec<_>>()));
        }
    }
    if let Some(path) = &options.json {
        let runs: Vec<Value> = runs.iter().map(|run| run.to_json(floor.rows_per_s)).collect();
        fs::write(path, serde_json::to_string_pretty(&runs)? + "\n")?;
    }
    Ok(())
}

async fn measure(
    stage: &Stage,
    workloads: &[Workload],
    options: &Options,
    statements: bool,
) -> Result<Vec<Run>, Fault> {
    let mut database = stage.connect().await?;
    println!("{}", durability(&mut database).await?);
    println!("{}", report::heading());
    let mut runs = Vec::new();
    for workload in workloads {
        let warm_up = stage.client(*workload, 16, WARM_UP_SECONDS.min(options.seconds));
        stage.run_client(&warm_up)?;
        for concurrency in concurrencies(*workload, options) {
            if statements {
                statements::reset(&mut database).await?;
            }
            let client = stage.client(*workload, concurrency, options.seconds);
            let run = one(stage, &mut database, &client).await?;
            println!("{}", run.line());
            if statements {
                print!("{}", statements::report(&mut database, run.client.executions).await?);
            }
            runs.push(run);
        }
    }
    Ok(runs)
}

fn concurrencies(workload: Workload, options: &Options) -> Vec<usize> {
    if options.concurrency.is_empty() {
        workload.usual_concurrency().to_vec()
    } else {
        options.concurrency.clone()
    }
}

async fn one(
    stage: &Stage,
    database: &mut PgConnection,
    client: &crate::client::Client,
) -> Result<Run, Fault> {
    let rows_before = history_rows(database).await?;
    let wal_before = wal_bytes(database).await?;
    let before = read(stage);
    let report = stage.run_client(client)?;
    let after = read(stage);
    let wal_bytes = wal_bytes(database).await? - wal_before;
    let cpu_s = after.cpu_s.iter().map(|(name, cpu_s)| (*name, cpu_s - before.cpu_s[name]));
    Ok(Run {
        workload: client.workload,
        concurrency: client.concurrency,
        client: report,
        cpu_s: cpu_s.collect(),
        stolen_s: after.stolen_s - before.stolen_s,
        wal_bytes,
        history_rows: history_rows(database).await? - rows_before,
    })
}

/// The client is a child of this process and has been waited for: it is counted here, less what this process itself did,
/// which is next to nothing.
fn read(stage: &Stage) -> Spent {
    let mut spent = machine::spent(&stage.watched());
    spent.cpu_s.insert("client", machine::ended_children_cpu_s());
    spent
}

async fn durability(database: &mut PgConnection) -> Result<String, Fault> {
    let mut shown = Vec::new();
    for name in ["server_version", "fsync", "synchronous_commit", "full_page_writes"] {
        let row =
            sqlx::query("select name || ' ' || setting as it from pg_settings where name = $1")
                .bind(name)
                .fetch_one(&mut *database)
                .await?;
        shown.push(row.get::<String, _>("it"));
    }
    let folder: String = sqlx::query("show data_directory").fetch_one(&mut *database).await?.get(0);
    Ok(format!("PostgreSQL: {}, on {}", shown.join(", "), filesystem(Path::new(&folder))))
}

/// A file system in memory would make `fsync` mean nothing: so it is shown.
fn filesystem(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let holds = mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
        })
        .filter(|(mounted, _)| folder.starts_with(mounted));
    holds.max_by_key(|(mounted, _)| mounted.len()).map_or_else(|| "?".to_owned(), |(_, kind)| kind)
}

async fn wal_bytes(database: &mut PgConnection) -> Result<f64, Fault> {
    let query = "select (pg_current_wal_insert_lsn() - '0/0')::float8";
    Ok(sqlx::query(query).fetch_one(database).await?.get(0))
}

async fn history_rows(database: &mut PgConnection) -> Result<u64, Fault> {
    let count: i64 = sqlx::query("select count(*) from history").fetch_one(database).await?.get(0);
    Ok(u64::try_from(count)?)
}
