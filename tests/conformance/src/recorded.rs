//! The folder of recorded truth, and its files.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder of the form that the recordings' own page describes.
#[derive(Debug, Clone)]
pub struct Recorded {
    folder: PathBuf,
}

impl Recorded {
    /// `EVERSTEP_CONFORMANCE`, or the folder beside the repository.
    pub fn beside() -> Self {
        let folder = std::env::var_os("EVERSTEP_CONFORMANCE").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
            PathBuf::from,
        );
        Self { folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn is_there(&self) -> bool {
        self.folder.join("asl/cases.jsonl").exists()
    }

    pub fn text(&self, file: &str) -> io::Result<String> {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    /// One document a line.
    pub fn lines(&self, file: &str) -> io::Result<Vec<Value>> {
        let text = self.text(file)?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines.map(|(index, line)| document(file, index + 1, line)).collect()
    }
}

fn document(file: &str, number: usize, line: &str) -> io::Result<Value> {
    serde_json::from_str(line).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{file}:{number}: {error}"))
    })
}
