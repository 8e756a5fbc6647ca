//! Where `everstep dev` keeps its data where no folder is named.

use std::path::PathBuf;

use crate::error::CommandError;

/// PostgreSQL refuses root, so root's PostgreSQL runs as another user, whom root's home is closed to.
const OF_ROOT: &str = "/var/lib/everstep";

pub(crate) fn default_data_dir() -> Result<PathBuf, CommandError> {
    Ok(own_folder()?.join("dev"))
}

/// Where downloaded PostgreSQL binaries are kept, a folder per version.
pub(crate) fn binaries_folder() -> Result<PathBuf, CommandError> {
    Ok(own_folder()?.join("postgresql"))
}

fn own_folder() -> Result<PathBuf, CommandError> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(folder) = folder("XDG_DATA_HOME") {
        return Ok(folder.join("everstep"));
    }
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from(OF_ROOT));
    }
    folder("HOME").map(|home| home.join(".local/share/everstep")).ok_or_else(|| {
        CommandError::usage("there is no HOME to keep data in; name a folder with --data-dir")
    })
}
