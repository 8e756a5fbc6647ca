//! What seals secrets in the database: the operator's keys, and before there are any the database's own.

use std::path::{Path, PathBuf};

use clap::Args;
use store::Store;
use vault::Vault;

use crate::error::CommandError;
use crate::serve::refusal;

const FLAG: &str = "--sealing-keys-file";

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of secrets")]
pub(crate) struct SealSettings {
    /// A file of keys that seal the secrets of connections and access keys: 32 bytes in base64 a line, the first seals. Not given: a key that follows from the database's secret
    #[arg(long, env = "EVERSTEP_SEALING_KEYS_FILE", value_name = "PATH")]
    sealing_keys_file: Option<PathBuf>,
}

impl SealSettings {
    pub(crate) async fn vault(&self, store: &Store) -> Result<Vault, CommandError> {
        let vault = api::vault(store).await.map_err(|error| refusal(&error))?;
        let Some(path) = named(self.sealing_keys_file.as_ref()) else { return Ok(vault) };
        let keys = read(FLAG, path)?;
        vault.with_keys(&keys).map_err(|fault| wrong(FLAG, path, &fault))
    }
}

/// An empty variable is none.
pub(crate) fn named(path: Option<&PathBuf>) -> Option<&Path> {
    path.map(PathBuf::as_path).filter(|path| !path.as_os_str().is_empty())
}

pub(crate) fn read(flag: &str, path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|error| wrong(flag, path, &error))
}

pub(crate) fn wrong(flag: &str, path: &Path, why: &dyn std::fmt::Display) -> CommandError {
    CommandError::usage(format!("{flag} {}: {why}", path.display()))
}
