//! Finds PostgreSQL's server binaries: where the environment points, on the PATH, where packages put them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::ClusterError;

/// The oldest major version that the schema's statements are tried against.
const VERSION_MIN: u32 = 15;

/// Folders of packages; `*` stands for one path component.
const PACKAGE_FOLDERS: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// A folder with `postgres` and `initdb` that run here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    version: u32,
}

impl Binaries {
    /// Those in one folder.
    pub fn at(folder: &Path) -> Result<Self, ClusterError> {
        let bad = |problem| ClusterError::BadBinaries { folder: folder.to_owned(), problem };
        for program in ["postgres", "initdb"] {
            if !folder.join(program).is_file() {
                return Err(bad(format!("it holds no `{program}`")));
            }
        }
        let version = version(&folder.join("postgres")).map_err(&bad)?;
        if version < VERSION_MIN {
            return Err(bad(format!(
                "that is PostgreSQL {version}; at least {VERSION_MIN} is needed"
            )));
        }
        Ok(Self { folder: folder.to_owned(), version })
    }

    /// All that are usable here, the newest first. `EVERSTEP_POSTGRES_BIN` excludes all others.
    pub fn find_all() -> Result<Vec<Self>, ClusterError> {
        if let Some(folder) = env::var_os("EVERSTEP_POSTGRES_BIN").filter(|value| !value.is_empty())
        {
            return Ok(vec![Self::at(Path::new(&folder))?]);
        }
        let searched = candidates();
        let mut found: Vec<Self> =
            searched.iter().filter_map(|folder| Self::at(folder).ok()).collect();
        if found.is_empty() {
            return Err(ClusterError::NoBinaries { searched, minimum: VERSION_MIN });
        }
        // Stable: of one version, the PATH's come first.
        found.sort_by_key(|binaries| std::cmp::Reverse(binaries.version));
        Ok(found)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The major version.
    pub fn version(&self) -> u32 {
        self.version
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        env::split_paths(&path).filter(|folder| folder.join("postgres").is_file()).collect();
    folders.extend(PACKAGE_FOLDERS.iter().flat_map(|pattern| expand(pattern)));
    let mut seen = Vec::new();
    folders.retain(|folder| {
        let fresh = !seen.contains(folder);
        seen.push(folder.clone());
        fresh
    });
    folders
}

/// The folders that `pattern` stands for; itself where nothing matches, so that an error can name it.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some(star) = pattern.find('*') else { return vec![PathBuf::from(pattern)] };
    let parent_end = pattern[..star].rfind('/').expect("patterns are absolute");
    let rest = &pattern[star + 1..];
    let tail = rest.trim_start_matches('/');
    let prefix = &pattern[parent_end + 1..star];
    let entries = fs::read_dir(&pattern[..parent_end]).into_iter().flatten().flatten();
    let found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| if tail.is_empty() { entry.path() } else { entry.path().join(tail) })
        .collect();
    if found.is_empty() { vec![PathBuf::from(pattern)] } else { found }
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` says 15.
fn version(postgres: &Path) -> Result<u32, String> {
    let output = Command::new(postgres)
        .arg("--version")
        .output()
        .map_err(|error| format!("`postgres --version` does not run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse_version(&text).ok_or_else(|| format!("`postgres --version` says {:?}", text.trim()))
}

fn parse_version(text: &str) -> Option<u32> {
    let number =
        text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_packages_print_them() {
        for (text, version) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("no such thing", None),
        ] {
            assert_eq!(parse_version(text), version, "{text}");
        }
    }

    #[test]
    fn a_folder_without_the_programs_is_refused_by_name() {
        let error = Binaries::at(Path::new("/")).unwrap_err();
        assert!(error.to_string().contains("it holds no `postgres`"), "{error}");
    }

    #[test]
    fn the_newest_comes_first() {
        let found = Binaries::find_all().unwrap();
        assert!(found.is_sorted_by(|a, b| a.version() >= b.version()), "{found:?}");
    }
}
