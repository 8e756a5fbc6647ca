//! An object read here and there, as Parquet is: whole blocks are fetched, and the last ones kept, so that columns that are read
//! side by side cost few requests and bounded memory.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use tokio::runtime::Handle;

/// Half of a usual page of Parquet.
const BLOCK_BYTES: u64 = 512 << 10;
/// 32 MiB: two blocks for each of thirty columns.
const BLOCKS_MAX: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Ranges(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn ObjectStore>,
    path: Path,
    options: GetOptions,
    size: u64,
    runtime: Handle,
    blocks: Mutex<Blocks>,
}

#[derive(Debug, Default)]
struct Blocks {
    /// By number; with when it was last read.
    kept: BTreeMap<u64, (Bytes, u64)>,
    reads: u64,
}

impl Ranges {
    /// To be read from a thread that may wait.
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        path: Path,
        options: GetOptions,
        size: u64,
    ) -> Self {
        let blocks = Mutex::default();
        Self(Arc::new(Inner { store, path, options, size, runtime: Handle::current(), blocks }))
    }
}

impl Inner {
    fn fetch(&self, range: Range<u64>) -> io::Result<Bytes> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..self.options.clone() };
        let fetched = async { self.store.get_opts(&self.path, options).await?.bytes().await };
        self.runtime.block_on(fetched).map_err(io::Error::other)
    }

    fn block(&self, number: u64) -> io::Result<Bytes> {
        let mut blocks = self.blocks.lock().expect("nobody panics with the blocks in hand");
        blocks.reads += 1;
        let now = blocks.reads;
        if let Some((block, read)) = blocks.kept.get_mut(&number) {
            *read = now;
            return Ok(block.clone());
        }
        let begin = number * BLOCK_BYTES;
        let block = self.fetch(begin..self.size.min(begin + BLOCK_BYTES))?;
        if blocks.kept.len() >= BLOCKS_MAX {
            let oldest = blocks.kept.iter().min_by_key(|(_, (_, read))| *read);
            let oldest = oldest.map(|(number, _)| *number);
            oldest.map(|number| blocks.kept.remove(&number));
        }
        blocks.kept.insert(number, (block.clone(), now));
        Ok(block)
    }
}

impl Length for Ranges {
    fn len(&self) -> u64 {
        self.0.size
    }
}

impl ChunkReader for Ranges {
    type T = From;

    fn get_read(&self, start: u64) -> Result<From> {
        Ok(From { ranges: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.saturating_add(length as u64);
        if end > self.0.size {
            return Err(ParquetError::EOF(format!("{end} of {} bytes", self.0.size)));
        }
        if length as u64 > BLOCK_BYTES {
            return Ok(self.0.fetch(start..end)?);
        }
        let mut bytes = Vec::with_capacity(length);
        self.get_read(start)?.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// The object from a place on.
#[derive(Debug)]
pub(super) struct From {
    ranges: Ranges,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.ranges.0.size || buffer.is_empty() {
            return Ok(0);
        }
        let block = self.ranges.0.block(self.at / BLOCK_BYTES)?;
        let within = usize::try_from(self.at % BLOCK_BYTES).expect("a block fits in memory");
        let rest = block.get(within..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}
