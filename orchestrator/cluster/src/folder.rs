//! The cluster's folder: `pgdata`, `run` (the socket) and `postgres.log`, closed to other users.
//! A socket's path is bounded to 107 bytes, so a folder with a long path has its socket under /tmp.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::ClusterError;
use crate::user::User;

/// `sun_path` holds 108 bytes on Linux, 104 on macOS, with a NUL; `/.s.PGSQL.5432.lock` is not bound by it.
const SOCKET_PATH_MAX: usize = 103;
/// PostgreSQL's own data.
pub(crate) const PGDATA: &str = "pgdata";
pub(crate) const SOCKET_FILE: &str = ".s.PGSQL.5432";

#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
    pub(crate) socket_dir: PathBuf,
}

impl Folder {
    /// Makes the folder where it is missing and gives it to `user`.
    pub(crate) fn open(root: &Path, user: &User) -> Result<Self, ClusterError> {
        let existed = root.exists();
        fs::create_dir_all(root)
            .map_err(ClusterError::folder("could not make the folder", root))?;
        let root =
            root.canonicalize().map_err(ClusterError::folder("could not find the folder", root))?;
        if !existed {
            own(&root, user)?;
        }
        reachable_by(&root, user)?;
        let socket_dir = socket_dir(&root);
        make_private(&socket_dir, user)?;
        Ok(Self { root, socket_dir })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn pgdata(&self) -> PathBuf {
        self.root.join(PGDATA)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.socket_dir.join(SOCKET_FILE)
    }

    /// The end of PostgreSQL's log, for an error's text.
    pub(crate) fn log_end(&self) -> String {
        const BYTES: u64 = 2048;
        let read = || -> std::io::Result<String> {
            let mut file = fs::File::open(self.log())?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
        };
        read().unwrap_or_else(|error| format!("(unreadable: {error})"))
    }

    /// Major version of the PostgreSQL that made `pgdata`; absent: there is none yet.
    pub(crate) fn made_by(&self) -> Option<u32> {
        let text = fs::read_to_string(self.pgdata().join("PG_VERSION")).ok()?;
        text.trim().split('.').next()?.parse().ok()
    }

    /// The process that `postmaster.pid` names, if it lives.
    pub(crate) fn running(&self) -> Option<u32> {
        let text = fs::read_to_string(self.pgdata().join("postmaster.pid")).ok()?;
        let pid: i32 = text.lines().next()?.trim().parse().ok()?;
        let process = rustix::process::Pid::from_raw(pid)?;
        // One that may not be signalled is another user's: a server of this folder would be our user's.
        let alive = rustix::process::test_kill_process(process).is_ok() && self.is_ours(pid);
        if alive { u32::try_from(pid).ok() } else { None }
    }

    /// After a crash of the machine the id may have gone to another program. Where /proc cannot tell, PostgreSQL's
    /// own check decides.
    fn is_ours(&self, pid: i32) -> bool {
        let pgdata = self.pgdata();
        let pgdata = pgdata.as_os_str().as_bytes();
        fs::read(format!("/proc/{pid}/cmdline"))
            .map_or(true, |line| line.split(|byte| *byte == 0).any(|word| word == pgdata))
    }
}

/// Whether PostgreSQL, which may have to run as another user, could use a data folder at `folder` (it need not exist yet).
pub fn check_reachable(folder: &Path) -> Result<(), ClusterError> {
    let absolute = std::path::absolute(folder)
        .map_err(ClusterError::folder("could not find the folder", folder))?;
    let existing = absolute.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    reachable_by(existing, &User::choose()?)
}

fn reachable_by(folder: &Path, user: &User) -> Result<(), ClusterError> {
    if !user.drop_to {
        return Ok(());
    }
    let barrier =
        folder.ancestors().find(|path| !fs::metadata(path).is_ok_and(|m| may_enter(&m, user)));
    match barrier {
        Some(barrier) => {
            Err(ClusterError::Unreachable { user: user.name.clone(), barrier: barrier.to_owned() })
        }
        None => Ok(()),
    }
}

fn may_enter(folder: &fs::Metadata, user: &User) -> bool {
    let shift = if folder.uid() == user.uid {
        6
    } else if folder.gid() == user.gid {
        3
    } else {
        0
    };
    folder.mode() >> shift & 1 == 1
}

fn socket_dir(root: &Path) -> PathBuf {
    let near = root.join("run");
    let bytes = near.as_os_str().as_bytes();
    // PostgreSQL reads its setting as a list with quotes.
    let plain = !bytes.iter().any(|byte| matches!(byte, b',' | b'"' | b'\\'));
    if plain && near.to_str().is_some() && bytes.len() + 1 + SOCKET_FILE.len() <= SOCKET_PATH_MAX {
        return near;
    }
    let digest = Sha256::digest(root.as_os_str().as_bytes());
    let hash = u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
    Path::new("/tmp").join(format!("everstep-{hash:016x}"))
}

/// A folder of `user` alone. One under /tmp may have been laid there by somebody else: then it is refused.
pub(crate) fn make_private(folder: &Path, user: &User) -> Result<(), ClusterError> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => own(folder, user),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(folder)
                .map_err(ClusterError::folder("could not look at the folder", folder))?;
            let ours = found.is_dir() && found.uid() == user.uid && found.mode() & 0o777 == 0o700;
            if ours { Ok(()) } else { Err(ClusterError::ForeignSocketFolder(folder.to_owned())) }
        }
        Err(error) => Err(ClusterError::folder("could not make the folder", folder)(error)),
    }
}

fn own(folder: &Path, user: &User) -> Result<(), ClusterError> {
    let fail = ClusterError::folder("could not close the folder to others", folder);
    let close = || -> std::io::Result<()> {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        if user.drop_to { chown(folder, Some(user.uid), Some(user.gid)) } else { Ok(()) }
    };
    close().map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_stays_within_what_the_system_allows() {
        let deep = format!("/var/lib/{}", "x".repeat(200));
        for (root, near) in [("/var/lib/everstep", true), (deep.as_str(), false), ("/a,b", false)] {
            let dir = socket_dir(Path::new(root));
            assert_eq!(dir.starts_with(root), near, "{root}");
            assert!(dir.join(SOCKET_FILE).as_os_str().len() <= SOCKET_PATH_MAX, "{root}");
        }
    }

    #[test]
    fn two_long_folders_have_two_sockets() {
        let root = |name| format!("/{}/{name}", "x".repeat(200));
        assert_ne!(socket_dir(Path::new(&root("a"))), socket_dir(Path::new(&root("b"))));
    }
}
