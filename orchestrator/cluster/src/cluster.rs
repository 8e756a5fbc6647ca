//! One private cluster: make it, start it, stop it. Synchronous: call it from a blocking thread of an async program.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::binaries::Binaries;
use crate::error::ClusterError;
use crate::folder::{Folder, PGDATA};
use crate::user::User;
use crate::watchdog::Watchdog;
use crate::wire::Connection;

/// The cluster's superuser. Nobody else can reach the socket.
const SUPERUSER: &str = "everstep";
/// Crash recovery of a large cluster takes time; a start that hangs must end all the same.
const START_MAX: Duration = Duration::from_mins(2);
const STOP_MAX: Duration = Duration::from_mins(1);
/// How long a server that just lost its owner may take to go.
const PREDECESSOR_MAX: Duration = Duration::from_secs(5);
/// Start to ready takes 50 ms: the pause between two looks is a fraction of that.
const LOOK_EVERY: Duration = Duration::from_millis(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives a crash of the machine.
    Durable,
    /// No fsync: for tests.
    Scratch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// Breaks connections off, writes a checkpoint.
    Fast,
    /// As a crash would: the next start recovers.
    Immediate,
}

#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Made if it is missing; kept afterwards.
    pub data_dir: PathBuf,
    pub durability: Durability,
    /// PostgreSQL's settings, over ours.
    pub settings: Vec<(String, String)>,
    /// Absent: the newest found on this machine that fits the folder.
    pub binaries: Option<Binaries>,
}

impl ClusterOptions {
    pub fn durable(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durability: Durability::Durable,
            settings: Vec::new(),
            binaries: None,
        }
    }
}

/// A running cluster. Dropped, it stops; and it does not outlive its process.
#[derive(Debug)]
pub struct Cluster {
    options: ClusterOptions,
    binaries: Binaries,
    user: User,
    folder: Folder,
    server: Option<Running>,
    /// The folder goes with the process.
    pub(crate) temporary: bool,
}

#[derive(Debug)]
struct Running {
    process: Child,
    watchdog: Option<Watchdog>,
}

impl Cluster {
    /// The newest binaries of this machine.
    pub fn find() -> Result<Binaries, ClusterError> {
        let mut found = Binaries::find_all()?;
        Ok(found.swap_remove(0))
    }

    /// Whether the folder has data already. Touches nothing.
    pub fn is_made(data_dir: &Path) -> bool {
        data_dir.join(PGDATA).join("PG_VERSION").exists()
    }

    /// Answers once PostgreSQL accepts statements.
    pub fn start(options: ClusterOptions) -> Result<Self, ClusterError> {
        Self::start_in(options, false)
    }

    pub(crate) fn start_in(options: ClusterOptions, temporary: bool) -> Result<Self, ClusterError> {
        let user = User::choose()?;
        let folder = Folder::open(&options.data_dir, &user)?;
        let binaries = choose_binaries(&options, &folder)?;
        let mut cluster = Self { options, binaries, user, folder, server: None, temporary };
        cluster.wait_for_predecessor()?;
        if cluster.folder.made_by().is_none() {
            cluster.initdb()?;
        }
        cluster.launch()?;
        Ok(cluster)
    }

    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    pub fn data_dir(&self) -> &Path {
        self.folder.root()
    }

    /// PostgreSQL's own log.
    pub fn log(&self) -> PathBuf {
        self.folder.log()
    }

    /// Of the server process; absent while it is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(|server| server.process.id())
    }

    /// For sqlx and libpq alike.
    pub fn database_url(&self, database: &str) -> String {
        let host = percent_encode(&self.folder.socket_dir.to_string_lossy());
        let database = percent_encode(database);
        format!("postgres:///{database}?host={host}&port=5432&user={SUPERUSER}&sslmode=disable")
    }

    /// Makes a database where there is none of that name. Says whether it did.
    pub fn create_database(&self, name: &str) -> Result<bool, ClusterError> {
        let statement = format!("create database {}", quote(name));
        match self.execute("postgres", &statement) {
            Ok(()) => Ok(true),
            Err(ClusterError::Refused { message, .. }) if message.contains("already exists") => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Runs one statement as superuser; its rows are not looked at.
    pub fn execute(&self, database: &str, statement: &str) -> Result<(), ClusterError> {
        let socket = self.folder.socket();
        let refused = |message| ClusterError::Refused { statement: statement.to_owned(), message };
        let no_answer = |source| ClusterError::NoAnswer { socket: socket.clone(), source };
        let mut connection =
            Connection::open(&socket, SUPERUSER, database).map_err(no_answer)?.map_err(refused)?;
        connection.execute(statement).map_err(no_answer)?.map_err(refused)
    }

    /// No error if it is stopped already.
    pub fn stop(&mut self, mode: StopMode) -> Result<(), ClusterError> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let pid = server.process.id();
        signal(
            pid,
            match mode {
                StopMode::Fast => Signal::INT,
                StopMode::Immediate => Signal::QUIT,
            },
        );
        let deadline = Instant::now() + STOP_MAX;
        while matches!(server.process.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                self.server = Some(server);
                return Err(ClusterError::NotStopped { pid, seconds: STOP_MAX.as_secs() });
            }
            thread::sleep(LOOK_EVERY);
        }
        if let Some(watchdog) = server.watchdog.take() {
            watchdog.dismiss();
        }
        Ok(())
    }

    /// Starts a stopped cluster again; restarts (fast) one that runs.
    pub fn restart(&mut self) -> Result<(), ClusterError> {
        self.stop(StopMode::Fast)?;
        self.wait_for_predecessor()?;
        self.launch()
    }

    /// Starts the server anew if its process has ended by itself, or could not be started the last time. Says whether it did.
    pub fn revive(&mut self) -> Result<bool, ClusterError> {
        if let Some(mut server) = self.server.take() {
            if matches!(server.process.try_wait(), Ok(None)) {
                self.server = Some(server);
                return Ok(false);
            }
            if let Some(watchdog) = server.watchdog.take() {
                watchdog.dismiss();
            }
        }
        self.wait_for_predecessor()?;
        self.launch()?;
        Ok(true)
    }

    /// A server whose owner was killed is stopping right now; any other one is in the way.
    fn wait_for_predecessor(&self) -> Result<(), ClusterError> {
        let deadline = Instant::now() + PREDECESSOR_MAX;
        while let Some(pid) = self.folder.running() {
            if Instant::now() > deadline {
                let folder = self.folder.root().to_owned();
                return Err(ClusterError::InUse { folder, pid });
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Into a folder beside and then renamed: a half-made cluster is never taken for one.
    fn initdb(&self) -> Result<(), ClusterError> {
        let program = self.binaries.program("initdb");
        let unfinished = self.folder.root().join("pgdata.new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)
                .map_err(ClusterError::folder("could not remove the half-made", &unfinished))?;
        }
        let mut command = self.user.command(&program);
        command.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--username", SUPERUSER]);
        if self.options.durability == Durability::Scratch {
            command.arg("--no-sync");
        }
        command.arg("--pgdata").arg(&unfinished).current_dir("/").env_remove("PGDATA");
        let output = command
            .output()
            .map_err(|source| ClusterError::Spawn { program: program.clone(), source })?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let nameless = output.contains("could not look up effective user ID");
            let hint = if nameless {
                ". This user id has no name: add it to /etc/passwd, or run as one that is there"
            } else {
                ""
            };
            return Err(ClusterError::Initdb { output, hint });
        }
        let pgdata = self.folder.pgdata();
        fs::rename(&unfinished, &pgdata)
            .map_err(ClusterError::folder("could not put in place", pgdata))
    }

    fn launch(&mut self) -> Result<(), ClusterError> {
        let program = self.binaries.program("postgres");
        let log = self.open_log()?;
        let errors = log.try_clone().map_err(ClusterError::folder("could not open", self.log()))?;
        let mut command = self.user.command(&program);
        command.arg("-D").arg(self.folder.pgdata());
        for (name, value) in self.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        let process = command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            // Out of the terminal's group: Ctrl-C is for the server, which then stops PostgreSQL in order.
            .process_group(0)
            .spawn()
            .map_err(|source| ClusterError::Spawn { program, source })?;
        let server = self.server.insert(Running { process, watchdog: None });
        let remove = self.temporary.then(|| self.folder.root());
        server.watchdog = Some(Watchdog::start(server.process.id(), remove)?);
        self.wait_until_ready()?;
        tracing::debug!(pid = self.pid(), folder = %self.folder.root().display(), "PostgreSQL runs");
        Ok(())
    }

    fn open_log(&self) -> Result<fs::File, ClusterError> {
        let path = self.log();
        let fail = ClusterError::folder("could not open PostgreSQL's log", &path);
        let open = || -> std::io::Result<fs::File> {
            let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
            if self.user.drop_to {
                chown(&path, Some(self.user.uid), Some(self.user.gid))?;
            }
            Ok(file)
        };
        open().map_err(fail)
    }

    /// A later one of the same name wins.
    fn settings(&self) -> Vec<(String, String)> {
        let socket_dir = self.folder.socket_dir.to_string_lossy().into_owned();
        let durable = match self.options.durability {
            Durability::Durable => "on",
            Durability::Scratch => "off",
        };
        let mut settings: Vec<(String, String)> = [
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_directories", socket_dir.as_str()),
            ("unix_socket_permissions", "0700"),
            ("fsync", durable),
            ("full_page_writes", durable),
            ("synchronous_commit", "on"),
            ("max_connections", "200"),
            ("max_wal_size", "4GB"),
            ("log_timezone", "UTC"),
            ("timezone", "UTC"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        settings.extend(self.options.settings.iter().cloned());
        settings
    }

    fn wait_until_ready(&mut self) -> Result<(), ClusterError> {
        let socket = self.folder.socket();
        let deadline = Instant::now() + START_MAX;
        loop {
            let reason = match Connection::open(&socket, SUPERUSER, "postgres") {
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(starting)) => starting,
                Err(error) => error.to_string(),
            };
            let server = self.server.as_mut().expect("launched just now");
            let ended = server.process.try_wait().ok().flatten();
            if ended.is_none() && Instant::now() < deadline {
                thread::sleep(LOOK_EVERY);
                continue;
            }
            let reason = ended.map_or(reason, |status| format!("it ended with {status}"));
            // An ended one has nothing left to stop; a hanging one is asked to go.
            let _ = self.stop(StopMode::Immediate);
            let (log, log_end) = (self.log(), self.folder.log_end());
            return Err(ClusterError::NotStarted { reason, log, log_end });
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.stop(StopMode::Fast) {
            tracing::warn!(%error, "the private PostgreSQL did not stop in order");
        }
        if self.temporary {
            let _ = fs::remove_dir_all(self.folder.root());
        }
        if !self.folder.socket_dir.starts_with(self.folder.root()) {
            // Empty once the server is gone; made again at the next start.
            let _ = fs::remove_dir(&self.folder.socket_dir);
        }
    }
}

fn choose_binaries(options: &ClusterOptions, folder: &Folder) -> Result<Binaries, ClusterError> {
    let found = match &options.binaries {
        Some(binaries) => vec![binaries.clone()],
        None => Binaries::find_all()?,
    };
    let made_by = folder.made_by();
    let fits = |binaries: &&Binaries| made_by.is_none_or(|version| version == binaries.version());
    if let Some(binaries) = found.iter().find(fits) {
        return Ok(binaries.clone());
    }
    let versions: Vec<String> = found.iter().map(|found| found.version().to_string()).collect();
    Err(ClusterError::OtherVersion {
        folder: folder.root().to_owned(),
        made_by: made_by.expect("without a cluster any version fits"),
        found: versions.join(", "),
    })
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a child has a positive id");
    // It can only fail for a child that has ended, which the caller sees next.
    let _ = kill_process(pid, signal);
}

fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

fn percent_encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
