//! What can go wrong with a private cluster; each text says what to do.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "no PostgreSQL server binaries (postgres, initdb) of version {minimum} or newer were found; looked in: {}. \
         Install PostgreSQL (Debian, Ubuntu: `apt-get install postgresql`; Fedora: `dnf install postgresql-server`; \
         macOS: `brew install postgresql@17`), or set EVERSTEP_POSTGRES_BIN to the folder that holds them",
        .searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    NoBinaries { searched: Vec<PathBuf>, minimum: u32 },

    #[error("EVERSTEP_POSTGRES_BIN is {}, but {problem}", .folder.display())]
    BadBinaries { folder: PathBuf, problem: String },

    #[error(
        "{} was made by PostgreSQL {made_by}, but the binaries found are {found}: install PostgreSQL {made_by} \
         or point EVERSTEP_POSTGRES_BIN to it, or choose another data folder", .folder.display()
    )]
    OtherVersion { folder: PathBuf, made_by: u32, found: String },

    #[error(
        "{} is in use: a PostgreSQL server (process {pid}) runs on it. Stop the Everstep that started it, \
         or choose another data folder", .folder.display()
    )]
    InUse { folder: PathBuf, pid: u32 },

    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as: \
         create one (`useradd --system postgres`) or start Everstep as an ordinary user"
    )]
    NoUser,

    #[error(
        "PostgreSQL refuses to run as root, and the user `{user}` that runs it instead may not enter {}: \
         choose a data folder that it can reach (such as one under /var/lib), or start Everstep as an ordinary user",
        .barrier.display()
    )]
    Unreachable { user: String, barrier: PathBuf },

    #[error("{what}: {}: {source}", .path.display())]
    Folder { what: &'static str, path: PathBuf, source: io::Error },

    #[error("{} belongs to another user or is open to others: remove it", .0.display())]
    ForeignSocketFolder(PathBuf),

    #[error("initdb could not make the cluster: {output}{hint}")]
    Initdb { output: String, hint: &'static str },

    #[error("could not run {}: {source}", .program.display())]
    Spawn { program: PathBuf, source: io::Error },

    #[error("PostgreSQL did not start: {reason}; the end of {}: {log_end}", .log.display())]
    NotStarted { reason: String, log: PathBuf, log_end: String },

    #[error(
        "PostgreSQL (process {pid}) did not stop within {seconds} s; `kill {pid}` asks it again"
    )]
    NotStopped { pid: u32, seconds: u64 },

    #[error("PostgreSQL does not answer on {}: {source}", .socket.display())]
    NoAnswer { socket: PathBuf, source: io::Error },

    #[error("PostgreSQL refused `{statement}`: {message}")]
    Refused { statement: String, message: String },
}

impl ClusterError {
    pub(crate) fn folder(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { what, path, source }
    }
}
