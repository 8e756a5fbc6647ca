//! What became of many items, into files: one series for each outcome, and a manifest that names them. A repeated write replaces all of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use object_store::ObjectStoreExt;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::place::{Bucket, Objects, PlaceError};

/// A file is closed and the next one begun at this size.
const FILE_BYTES_MAX: u64 = 512 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Failed,
    Pending,
    Succeeded,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Failed => "FAILED",
            Self::Pending => "PENDING",
            Self::Succeeded => "SUCCEEDED",
        }
    }
}

/// Why results can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error("s3://{bucket}/{key} can't be written: {reason}")]
    Unwritable { bucket: String, key: String, reason: String },
}

#[derive(Debug)]
pub struct Results {
    bucket: Bucket,
    bucket_name: String,
    /// Where the files and the manifest are, without a slash at its end.
    folder: String,
    is_lines: bool,
    open: BTreeMap<Outcome, File>,
    closed: BTreeMap<Outcome, Vec<Value>>,
}

#[derive(Debug)]
struct File {
    key: String,
    writer: BufWriter,
    bytes: u64,
}

impl Results {
    /// In `bucket`, below `prefix/id`. `is_lines`: JSON Lines in the place of arrays.
    pub fn open(
        objects: &Objects,
        bucket: &str,
        (prefix, id): (&str, &str),
        is_lines: bool,
    ) -> Result<Self, WriteError> {
        let prefix = prefix.trim_matches('/');
        let folder = if prefix.is_empty() { id.to_owned() } else { format!("{prefix}/{id}") };
        Ok(Self {
            bucket: objects.bucket(bucket)?,
            bucket_name: bucket.to_owned(),
            folder,
            is_lines,
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
        })
    }

    /// Adds one JSON document.
    pub async fn write(&mut self, outcome: Outcome, document: &str) -> Result<(), WriteError> {
        let is_full =
            |file: &File| file.bytes > 0 && file.bytes + document.len() as u64 > FILE_BYTES_MAX;
        if self.open.get(&outcome).is_some_and(is_full) {
            self.close(outcome).await?;
        }
        if !self.open.contains_key(&outcome) {
            let file = self.create(outcome)?;
            self.open.insert(outcome, file);
        }
        let before: &[u8] = match (self.is_lines, self.open[&outcome].bytes) {
            (true, _) => b"",
            (false, 0) => b"[",
            (false, _) => b",",
        };
        let after: &[u8] = if self.is_lines { b"\n" } else { b"" };
        for part in [before, document.as_bytes(), after] {
            self.append(outcome, part).await?;
        }
        Ok(())
    }

    /// Closes the files and writes the manifest. Answers the manifest's key.
    pub async fn finish(mut self, map_run_arn: &str) -> Result<String, WriteError> {
        for outcome in [Outcome::Failed, Outcome::Pending, Outcome::Succeeded] {
            self.close(outcome).await?;
        }
        let files = |outcome| self.closed.get(&outcome).cloned().unwrap_or_default();
        let manifest = json!({
            "DestinationBucket": self.bucket_name,
            "MapRunArn": map_run_arn,
            "ResultFiles": {
                "FAILED": files(Outcome::Failed),
                "PENDING": files(Outcome::Pending),
                "SUCCEEDED": files(Outcome::Succeeded),
            },
        });
        let key = format!("{}/manifest.json", self.folder);
        let path = self.path(&key)?;
        let written = self.bucket.store.put(&path, manifest.to_string().into()).await;
        written.map_err(|error| self.unwritable(&key, &error))?;
        Ok(key)
    }

    fn create(&self, outcome: Outcome) -> Result<File, WriteError> {
        let number = self.closed.get(&outcome).map_or(0, Vec::len);
        let end = if self.is_lines { "jsonl" } else { "json" };
        let key = format!("{}/{}_{number}.{end}", self.folder, outcome.name());
        let writer = BufWriter::new(Arc::clone(&self.bucket.store), self.path(&key)?);
        Ok(File { key, writer, bytes: 0 })
    }

    async fn append(&mut self, outcome: Outcome, bytes: &[u8]) -> Result<(), WriteError> {
        let Some(file) = self.open.get_mut(&outcome) else { return Ok(()) };
        let written = file.writer.write_all(bytes).await;
        file.bytes += bytes.len() as u64;
        let key = file.key.clone();
        written.map_err(|error| self.unwritable(&key, &error))
    }

    async fn close(&mut self, outcome: Outcome) -> Result<(), WriteError> {
        if !self.is_lines {
            self.append(outcome, b"]").await?;
        }
        let Some(mut file) = self.open.remove(&outcome) else { return Ok(()) };
        let closed = file.writer.shutdown().await;
        closed.map_err(|error| self.unwritable(&file.key, &error))?;
        let entry = json!({ "Key": file.key, "Size": file.bytes });
        self.closed.entry(outcome).or_default().push(entry);
        Ok(())
    }

    fn path(&self, key: &str) -> Result<Path, WriteError> {
        Path::parse(key).map_err(|error| self.unwritable(key, &error))
    }

    fn unwritable(&self, key: &str, error: &dyn std::fmt::Display) -> WriteError {
        let (bucket, key) = (self.bucket_name.clone(), key.to_owned());
        WriteError::Unwritable { bucket, key, reason: error.to_string() }
    }
}
