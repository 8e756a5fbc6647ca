//! Items out of objects, a chunk at a time.

mod csv_rows;
mod file;
mod json;
mod lines;
mod listing;
mod manifest;
mod parquet_rows;
mod ranges;
mod sink;

use tokio::sync::mpsc;

use crate::place::{Bucket, Objects, PlaceError};
use file::File;
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
    /// Of the object, where its bucket keeps several. Absent: the newest.
    pub version: Option<String>,
    pub source: Source,
    /// Items that were read before.
    pub skip: u64,
    /// How many there are at most, skipped ones counted.
    pub max_items: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The items in one object.
    Object(Format),
    /// The objects whose keys begin with `key`, in the order of their keys.
    Listing,
    /// The items in those objects, one after the other.
    Listed(Format),
    /// The rows of the files that the manifest of an S3 inventory names.
    Inventory,
    /// The items in the files that a manifest of Athena's names.
    Athena(Format),
}

/// How items are written in an object. The texts may be compressed with gzip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
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
    Parquet,
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
    /// From within a tokio runtime, where it is read.
    pub fn open(objects: &Objects, request: Request) -> Result<Self, ReadError> {
        let bucket = objects.bucket(&request.bucket)?;
        let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let sink = Sink::new(sender, request.skip, request.max_items);
        tokio::spawn(read(objects.clone(), bucket, request, sink));
        Ok(Self(chunks))
    }

    /// After the last chunk an empty one.
    pub async fn next(&mut self) -> Result<Chunk, ReadError> {
        let end = Chunk { items: "[]".to_owned(), count: 0, done: true };
        self.0.recv().await.unwrap_or(Ok(end))
    }
}

async fn read(objects: Objects, bucket: Bucket, request: Request, mut sink: Sink) {
    let Request { bucket: name, key, version, source, .. } = request;
    let file = File { bucket, bucket_name: name, key, version };
    let ended = match source {
        Source::Object(format) => file.read(format, &mut sink).await,
        Source::Listing => listing::list(&file, &mut sink).await,
        Source::Listed(format) => listing::read(&file, &format, &mut sink).await,
        Source::Inventory => manifest::read_inventory(&objects, &file, &mut sink).await,
        Source::Athena(format) => manifest::read_athena(&objects, &file, &format, &mut sink).await,
    };
    sink.finish(ended).await;
}
