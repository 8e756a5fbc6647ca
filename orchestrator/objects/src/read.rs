//! Items out of an object, a chunk at a time.

mod csv_rows;
mod json;
mod lines;
mod listing;
mod sink;

use std::io::{BufReader, Read};

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStoreExt};
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

use crate::place::{Objects, PlaceError};
use sink::Sink;

/// A chunk is full at either.
pub const CHUNK_ITEMS_MAX: usize = 1000;
pub const CHUNK_BYTES_MAX: usize = 256 * 1024;

/// Chunks that are read ahead of whoever takes them.
const CHUNKS_AHEAD: usize = 2;

#[derive(Debug, Clone)]
pub struct Request {
    pub bucket: String,
    /// An object's key; of a listing the prefix of the keys.
    pub key: String,
    pub source: Source,
    /// Items that were read before.
    pub skip: u64,
    /// How many there are at most, skipped ones counted.
    pub max_items: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An array, or the one at this JSON pointer.
    Json {
        pointer: Option<String>,
    },
    JsonLines,
    /// `headers` absent: they are the first row.
    Csv {
        delimiter: u8,
        headers: Option<Vec<String>>,
    },
    /// The objects whose keys begin with `key`, in the order of their keys.
    Listing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// A JSON array.
    pub items: String,
    pub count: u64,
    /// None comes after these.
    pub done: bool,
}

/// Why the items can't be read. The texts are AWS's where they are known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error("The specified key does not exist: {0}")]
    NoSuchKey(String),
    #[error("{0} can't be read: {1}")]
    Unreadable(String, String),
    #[error("Attempting to map over non-iterable node.")]
    NotAnArray,
    #[error("CSV headers cannot contain duplicates.")]
    RepeatedHeader,
    #[error("{0}")]
    Malformed(String),
}

/// An object whose items are being read. Dropped: no more of it is read.
#[derive(Debug)]
pub struct Items(mpsc::Receiver<Result<Chunk, ReadError>>);

impl Items {
    pub async fn open(objects: &Objects, request: Request) -> Result<Self, ReadError> {
        let bucket = objects.bucket(&request.bucket)?;
        let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let sink = Sink::new(sender, request.skip, request.max_items);
        if request.source == Source::Listing {
            tokio::spawn(listing::read(bucket, request.key, sink));
            return Ok(Self(chunks));
        }
        let name = format!("s3://{}/{}", request.bucket, request.key);
        let path = Path::parse(&request.key)
            .map_err(|error| ReadError::Unreadable(name.clone(), error.to_string()))?;
        if !bucket.holds(&request.key) {
            return Err(ReadError::NoSuchKey(name));
        }
        let found = bucket.store.get(&path).await.map_err(|error| missing(&name, &error))?;
        let bytes = found.into_stream().map_err(std::io::Error::other);
        let reader = BufReader::new(SyncIoBridge::new(StreamReader::new(bytes)));
        tokio::task::spawn_blocking(move || read(reader, &name, request.source, sink));
        Ok(Self(chunks))
    }

    /// After the last chunk an empty one.
    pub async fn next(&mut self) -> Result<Chunk, ReadError> {
        let end = Chunk { items: "[]".to_owned(), count: 0, done: true };
        self.0.recv().await.unwrap_or(Ok(end))
    }
}

fn missing(name: &str, error: &StoreError) -> ReadError {
    if matches!(error, StoreError::NotFound { .. }) {
        return ReadError::NoSuchKey(name.to_owned());
    }
    ReadError::Unreadable(name.to_owned(), error.to_string())
}

fn read(reader: BufReader<impl Read>, name: &str, source: Source, mut sink: Sink) {
    let ended = match source {
        Source::Json { pointer } => json::read(reader, name, pointer.as_deref(), &mut sink),
        Source::JsonLines => lines::read(reader, name, &mut sink),
        Source::Csv { delimiter, headers } => {
            csv_rows::read(reader, name, (delimiter, headers), &mut sink)
        }
        Source::Listing => Ok(()),
    };
    sink.blocking_finish(ended);
}
