//! The processes of a measurement: PostgreSQL, the server, the worker, and one client at a time.
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cluster::{Cluster, ClusterOptions};
use everstep_proto::v1::CreateStateMachineRequest;
use everstep_proto::v1::state_machines_client::StateMachinesClient;
use sqlx::{Connection as _, PgConnection};

use crate::Fault;
use crate::client::Client;
use crate::machine::Watched;
use crate::report::ClientReport;
use crate::workload::Workload;

const DATABASE: &str = "everstep";
/// A first start migrates and joins; more than this is a fault.
const READY_MAX: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A process that ends with its handle.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    child: Child,
}

#[derive(Debug)]
pub(crate) struct Stage {
    // Dropped in this order: the worker and the server before their database.
    worker: Option<Running>,
    server: Running,
    cluster: Cluster,
    address: String,
}

impl Running {
    fn start(name: &'static str, command: &mut Command) -> Result<Self, Fault> {
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.map_err(|why| format!("could not start the {name}: {why}"))?;
        Ok(Self { name, child })
    }

    fn watched(&self) -> Watched {
        Watched { name: self.name, pid: self.child.id() }
    }

    fn must_run(&mut self, deadline: Instant, not_ready: &Fault) -> Result<(), Fault> {
        if let Some(status) = self.child.try_wait()? {
            return Err(format!("the {} ended with {status}", self.name).into());
        }
        if Instant::now() > deadline {
            return Err(format!("the {} is not ready: {not_ready}", self.name).into());
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug, Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A durable PostgreSQL in a fresh folder, with one empty database.
pub(crate) fn start_cluster(folder: &Path) -> Result<Cluster, Fault> {
    let mut options = ClusterOptions::durable(folder);
    // A quarter of a small machine's memory, as PostgreSQL's manual advises.
    options.settings.push(("shared_buffers".to_owned(), "512MB".to_owned()));
    let cluster = Cluster::start(options)?;
    cluster.create_database(DATABASE)?;
    Ok(cluster)
}

pub(crate) fn database_url(cluster: &Cluster) -> String {
    cluster.database_url(DATABASE)
}

impl Stage {
    /// Starts the server, and registers the workloads once it serves.
    pub(crate) async fn set(
        everstep: &Path,
        cluster: Cluster,
        workloads: &[Workload],
    ) -> Result<Self, Fault> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let address = format!("http://{listen}");
        let mut server = Command::new(everstep);
        server
            .args(["server", "--migrate", "--listen", &listen, "--log", "warn"])
            .args(["--database-url", &database_url(&cluster)]);
        let mut server = Running::start("server", &mut server)?;
        let deadline = Instant::now() + READY_MAX;
        for workload in workloads {
            while let Err(why) = create(&address, *workload).await {
                server.must_run(deadline, &why)?;
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(Self { worker: None, server, cluster, address })
    }

    /// Starts the worker.
    pub(crate) fn with_worker(mut self) -> Result<Self, Fault> {
        let mut worker = Command::new(std::env::current_exe()?);
        worker.args(["worker", "--address", &self.address]);
        self.worker = Some(Running::start("worker", &mut worker)?);
        Ok(self)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn server(&self) -> Watched {
        self.server.watched()
    }

    /// The database's first: from then on every caller needs one.
    pub(crate) fn create_key(&self, everstep: &Path) -> Result<AccessKey, Fault> {
        let mut create = Command::new(everstep);
        create.args(["keys", "create", "--output", "json", "--database-url"]);
        let output = create.arg(database_url(&self.cluster)).output()?;
        let key: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let text = |field: &str| key[field].as_str().map(str::to_owned);
        let key = text("accessKeyId").zip(text("secretAccessKey"));
        let (id, secret) = key.ok_or("the key that was created is not shown")?;
        Ok(AccessKey { id, secret })
    }

    /// Runs a client to its end. Its processor time is then that of a child that has ended.
    pub(crate) fn run_client(&self, client: &Client) -> Result<ClientReport, Fault> {
        let output = Command::new(std::env::current_exe()?)
            .args(["client", "--address", &self.address, "--workload", client.workload.name()])
            .args(["--concurrency", &client.concurrency.to_string()])
            .args(["--seconds", &client.seconds.to_string()])
            .stderr(Stdio::inherit())
            .output()?;
        let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
        ClientReport::from_json(&report)
            .ok_or_else(|| format!("the client ended with {}", output.status).into())
    }

    pub(crate) fn client(&self, workload: Workload, concurrency: usize, seconds: f64) -> Client {
        Client { address: self.address.clone(), workload, concurrency, seconds }
    }

    pub(crate) fn watched(&self) -> Vec<Watched> {
        let postgres = self.cluster.pid().map(|pid| Watched { name: "postgres", pid });
        let worker = self.worker.as_ref().map(Running::watched);
        [self.server.watched()].into_iter().chain(worker).chain(postgres).collect()
    }

    pub(crate) async fn connect(&self) -> Result<PgConnection, Fault> {
        Ok(PgConnection::connect(&database_url(&self.cluster)).await?)
    }

    /// Ends the server and the worker; the database stays, for the floor.
    pub(crate) fn clear(self) -> Cluster {
        drop(self.worker);
        drop(self.server);
        self.cluster
    }
}

async fn create(address: &str, workload: Workload) -> Result<(), Fault> {
    let mut client = StateMachinesClient::connect(address.to_owned()).await?;
    client.create_state_machine(creation(workload)).await?;
    Ok(())
}

fn creation(workload: Workload) -> CreateStateMachineRequest {
    CreateStateMachineRequest {
        name: workload.name().to_owned(),
        definition: workload.definition().to_string(),
        r#type: workload.machine_type().into(),
        ..CreateStateMachineRequest::default()
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The binary to measure: the one that is named, or the one of this build, brought up to date.
pub(crate) fn everstep(named: Option<&Path>) -> Result<PathBuf, Fault> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let beside = std::env::current_exe()?.with_file_name("everstep");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--package", "everstep", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!("could not build everstep: cargo ended with {status}").into());
    }
    Ok(beside)
}
