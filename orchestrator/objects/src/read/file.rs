//! One object: opened, unpacked where it is compressed, and read on a thread that may wait.

use std::io::{BufRead, BufReader};

use flate2::bufread::MultiGzDecoder;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{Error as StoreError, GetOptions, GetResult, ObjectStore};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::ranges::Ranges;
use super::sink::Sink;
use super::{Format, ReadError, csv_rows, json, lines, parquet_rows};
use crate::place::{Bucket, Objects};

/// A manifest is read whole: far more than one of 10,000 files has.
const WHOLE_BYTES_MAX: u64 = 16 << 20;

const GZIP: [u8; 2] = [0x1f, 0x8b];

#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) bucket: Bucket,
    pub(super) bucket_name: String,
    pub(super) key: String,
    pub(super) version: Option<String>,
}

impl File {
    pub(super) fn in_bucket(
        objects: &Objects,
        bucket_name: &str,
        key: &str,
    ) -> Result<Self, ReadError> {
        let bucket = objects.bucket(bucket_name)?;
        Ok(Self { bucket, bucket_name: bucket_name.to_owned(), key: key.to_owned(), version: None })
    }

    pub(super) fn name(&self) -> String {
        format!("s3://{}/{}", self.bucket_name, self.key)
    }

    /// Its items into the sink.
    pub(super) async fn read(&self, format: Format, sink: &mut Sink) -> Result<(), ReadError> {
        let name = self.name();
        if format == Format::Parquet {
            let ranges = self.ranges().await?;
            return sink.on_a_thread(move |sink| parquet_rows::read(ranges, &name, sink)).await;
        }
        let bytes = self.get().await?.into_stream().map_err(std::io::Error::other);
        let reader = BufReader::new(SyncIoBridge::new(StreamReader::new(bytes)));
        let read = move |sink: &mut Sink| read_text(unpacked(reader, &name)?, &name, format, sink);
        sink.on_a_thread(read).await
    }

    pub(super) async fn whole(&self) -> Result<Vec<u8>, ReadError> {
        let found = self.get().await?;
        if found.meta.size > WHOLE_BYTES_MAX {
            let why = format!("it is larger than {WHOLE_BYTES_MAX} bytes");
            return Err(ReadError::Unreadable(self.name(), why));
        }
        let bytes = found.bytes().await;
        bytes.map(|bytes| bytes.to_vec()).map_err(|error| self.missing(&error))
    }

    async fn ranges(&self) -> Result<Ranges, ReadError> {
        let head = GetOptions { head: true, ..self.options() };
        let found = self.get_with(head).await?;
        let store = self.bucket.store.clone();
        Ok(Ranges::new(store, self.path()?, self.options(), found.meta.size))
    }

    async fn get(&self) -> Result<GetResult, ReadError> {
        self.get_with(self.options()).await
    }

    async fn get_with(&self, options: GetOptions) -> Result<GetResult, ReadError> {
        let path = self.path()?;
        if !self.bucket.holds(&self.key) {
            return Err(ReadError::NoSuchKey(self.name()));
        }
        let found = self.bucket.store.get_opts(&path, options).await;
        found.map_err(|error| self.missing(&error))
    }

    fn options(&self) -> GetOptions {
        GetOptions { version: self.version.clone(), ..GetOptions::default() }
    }

    fn path(&self) -> Result<Path, ReadError> {
        Path::parse(&self.key)
            .map_err(|error| ReadError::Unreadable(self.name(), error.to_string()))
    }

    fn missing(&self, error: &StoreError) -> ReadError {
        if matches!(error, StoreError::NotFound { .. }) {
            return ReadError::NoSuchKey(self.name());
        }
        ReadError::Unreadable(self.name(), error.to_string())
    }
}

/// No JSON and no CSV begins as gzip does.
fn unpacked(mut reader: impl BufRead + 'static, name: &str) -> Result<Box<dyn BufRead>, ReadError> {
    let begin = reader.fill_buf();
    let begin = begin.map_err(|error| ReadError::Unreadable(name.to_owned(), error.to_string()))?;
    if begin.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(reader))));
    }
    Ok(Box::new(reader))
}

fn read_text(
    reader: Box<dyn BufRead>,
    name: &str,
    format: Format,
    sink: &mut Sink,
) -> Result<(), ReadError> {
    match format {
        Format::Json { pointer } => json::read(reader, name, pointer.as_deref(), sink),
        Format::JsonLines => lines::read(reader, name, sink),
        Format::Csv { delimiter, headers } => {
            csv_rows::read(reader, name, (delimiter, headers), sink)
        }
        // Read by its ranges, not as a stream.
        Format::Parquet => Ok(()),
    }
}
