//! A private cluster's life on real PostgreSQL: made, kept, restarted, refused twice, gone with its process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cluster::{Cluster, ClusterError, ClusterOptions, ScratchCluster, StopMode};

#[test]
fn what_was_written_stays_between_runs() {
    let folder = TemporaryFolder::new("kept");
    let first = Cluster::start(ClusterOptions::durable(folder.path())).expect("starts");
    assert!(first.create_database("orders").expect("creates"));
    first.execute("orders", "create table kept (id int)").expect("writes");
    drop(first);

    let second = Cluster::start(ClusterOptions::durable(folder.path())).expect("starts again");

    assert!(!second.create_database("orders").expect("is there already"));
    second.execute("orders", "select id from kept").expect("the table is there");
}

#[test]
fn a_second_start_on_the_folder_is_refused_by_name() {
    let folder = TemporaryFolder::new("twice");
    let first = Cluster::start(ClusterOptions::durable(folder.path())).expect("starts");

    let error = Cluster::start(ClusterOptions::durable(folder.path())).expect_err("is in use");

    assert!(
        matches!(error, ClusterError::InUse { pid, .. } if Some(pid) == first.pid()),
        "{error}"
    );
    first.execute("postgres", "select 1").expect("the first one is unharmed");
}

#[test]
fn an_immediate_stop_loses_nothing_that_was_committed() {
    let folder = TemporaryFolder::new("crash");
    let mut cluster = Cluster::start(ClusterOptions::durable(folder.path())).expect("starts");
    cluster.execute("postgres", "create table kept (id int)").expect("writes");

    cluster.stop(StopMode::Immediate).expect("stops");
    assert_eq!(cluster.pid(), None);
    let error = cluster.execute("postgres", "select 1").expect_err("nobody answers");
    assert!(matches!(error, ClusterError::NoAnswer { .. }), "{error}");
    cluster.restart().expect("recovers");

    cluster.execute("postgres", "insert into kept values (1)").expect("the table is there");
}

#[test]
fn a_stale_pid_file_is_no_obstacle() {
    let folder = TemporaryFolder::new("stale");
    drop(Cluster::start(ClusterOptions::durable(folder.path())).expect("starts"));
    // As a crash of the machine leaves it; process 1 lives and is no server of this folder.
    let stale = format!("1\n{}\n0\n5432\n\n\n\n\n", folder.path().join("pgdata").display());
    std::fs::write(folder.path().join("pgdata/postmaster.pid"), stale).expect("writes");

    let cluster =
        Cluster::start(ClusterOptions::durable(folder.path())).expect("starts all the same");

    cluster.execute("postgres", "select 1").expect("answers");
}

#[test]
fn a_folder_with_a_long_path_works() {
    let folder = TemporaryFolder::new("long");
    let deep = folder.path().join("x".repeat(120)).join("y");
    let cluster = Cluster::start(ClusterOptions::durable(&deep)).expect("starts");
    cluster.execute("postgres", "select 1").expect("answers");
}

#[test]
fn a_setting_that_postgresql_refuses_is_told_with_its_log() {
    let folder = TemporaryFolder::new("setting");
    let mut options = ClusterOptions::durable(folder.path());
    options.settings.push(("max_connections".to_owned(), "many".to_owned()));

    let error = Cluster::start(options).expect_err("does not start");

    assert!(
        error.to_string().contains("invalid value for parameter \"max_connections\""),
        "{error}"
    );
}

#[test]
fn a_cluster_of_another_version_is_refused_by_name() {
    let folder = TemporaryFolder::new("version");
    drop(Cluster::start(ClusterOptions::durable(folder.path())).expect("starts"));
    std::fs::write(folder.path().join("pgdata/PG_VERSION"), "9\n").expect("writes");

    let error = Cluster::start(ClusterOptions::durable(folder.path())).expect_err("does not fit");

    assert!(
        error.to_string().contains("was made by PostgreSQL 9, but the binaries found are"),
        "{error}"
    );
}

#[test]
fn databases_of_one_template_are_alike_and_apart() {
    let scratch = ScratchCluster::shared();
    let set_up = |url: &str| {
        assert!(url.contains("/lifecycle_template?"), "{url}");
        scratch.cluster().execute("lifecycle_template", "create table t (id int)").expect("writes");
    };
    let first = scratch.database_like("lifecycle_template", set_up);
    let second = scratch.database_like("lifecycle_template", |_| panic!("it is set up once"));
    assert_ne!(first, second);
    for url in [first, second] {
        let name = url.trim_start_matches("postgres:///").split('?').next().expect("a database");
        scratch.cluster().execute(name, "select id from t").expect("the template's table is there");
    }
}

#[test]
fn a_killed_process_takes_its_cluster_along() {
    let mut victim = Command::new(std::env::current_exe().expect("this test's binary"))
        .args(["--exact", "victim", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs itself");
    let lines = BufReader::new(victim.stdout.take().expect("piped")).lines();
    let line = lines
        .map_while(Result::ok)
        .find_map(|line| line.split_once("victim: ").map(|(_, rest)| rest.to_owned()));
    let line = line.expect("the victim says where its cluster is");
    let (pid, folder) = line.split_once(' ').expect("process and folder");
    assert!(Path::new(folder).exists());

    victim.kill().expect("kill -9");
    victim.wait().expect("is gone");

    let deadline = Instant::now() + Duration::from_secs(20);
    while Path::new(folder).exists() || Path::new("/proc").join(pid).exists() {
        assert!(Instant::now() < deadline, "process {pid} or {folder} is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
#[ignore = "run by a_killed_process_takes_its_cluster_along, which kills it"]
fn victim() {
    let scratch = ScratchCluster::shared().cluster();
    let (pid, folder) = (scratch.pid().expect("runs"), scratch.data_dir().display());
    #[expect(clippy::print_stdout, reason = "the test that started this process reads it")]
    {
        println!("\nvictim: {pid} {folder}");
    }
    std::thread::sleep(Duration::from_mins(1));
}

struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("everstep-cluster-{name}-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // A test that failed half-way leaves a folder in the temporary one: no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
