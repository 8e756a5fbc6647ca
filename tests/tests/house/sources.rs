//! The files of this checkout, as the tidy rules read them.
use std::path::{Path, PathBuf};

/// A file of the repository: its path from the root, with `/`, and its text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Not ours to tidy: what is built, and what others wrote.
const ELSEWHERE: [&str; 3] = ["target", "node_modules", "vendor"];

/// Every file below the root whose name ends so, in order of path.
pub(crate) fn all(suffix: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut todo = vec![root()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).expect("the checkout can be read") {
            let entry = entry.expect("the checkout can be read");
            let name = entry.file_name().to_string_lossy().into_owned();
            let kept = name.starts_with('.') || ELSEWHERE.contains(&name.as_str());
            if entry.path().is_dir() && !kept {
                todo.push(entry.path());
            } else if name.ends_with(suffix) {
                let path = entry.path().strip_prefix(root()).expect("below the root").to_owned();
                let path = path.to_string_lossy().replace('\\', "/");
                found.push(Source { text: read(&path), path });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Source {
    /// In a folder or file of tests. The package `tests` itself keeps its harness to the rules of code.
    pub(crate) fn is_test(&self) -> bool {
        let path = self.path.strip_prefix("tests/").unwrap_or(&self.path);
        path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "benches"))
    }

    pub(crate) fn is_sql(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|it| it == "sql")
    }

    /// The lines that are neither a comment nor in an item under `#[cfg(test)]`, with their numbers from 1.
    pub(crate) fn code(&self) -> Vec<(usize, &str)> {
        self.lines_outside_tests()
            .into_iter()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .collect()
    }

    /// An item under `#[cfg(test)]` ends with its `;`, or with the brace that closes it at the margin.
    pub(crate) fn lines_outside_tests(&self) -> Vec<(usize, &str)> {
        let mut inside = false;
        let mut kept = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            if line.starts_with("#[cfg(test)]") {
                inside = true;
            } else if !inside {
                kept.push((index + 1, line));
            } else if line == "}" || (!line.starts_with(' ') && line.ends_with(';')) {
                inside = false;
            }
        }
        kept
    }
}
