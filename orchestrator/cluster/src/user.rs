//! Who runs PostgreSQL: the caller, or, since PostgreSQL refuses root, `postgres`, else `nobody`.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::error::ClusterError;

/// The user that PostgreSQL's processes and files belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The caller is root: processes must be started as this user, folders given to it.
    pub(crate) drop_to: bool,
}

impl User {
    pub(crate) fn choose() -> Result<Self, ClusterError> {
        let (uid, gid) = (rustix::process::geteuid(), rustix::process::getegid());
        if !uid.is_root() {
            let (uid, gid) = (uid.as_raw(), gid.as_raw());
            return Ok(Self { name: uid.to_string(), uid, gid, drop_to: false });
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| entry(&passwd, name))
            .ok_or(ClusterError::NoUser)
    }

    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if self.drop_to {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }
}

fn entry(passwd: &str, name: &str) -> Option<User> {
    let mut fields = passwd
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    let uid: u32 = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    (uid != 0).then(|| User { name: name.to_owned(), uid, gid, drop_to: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_from_passwd_and_never_root() {
        let passwd = "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\npostgres:x:104:112:,,,:/var/lib:/bin/sh\n";
        assert_eq!(
            entry(passwd, "postgres"),
            Some(User { name: "postgres".to_owned(), uid: 104, gid: 112, drop_to: true })
        );
        assert_eq!(entry(passwd, "toor"), None);
        assert_eq!(entry(passwd, "nobody"), None);
    }
}
