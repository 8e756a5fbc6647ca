//! Items out of object storage, and results into it: S3 and what speaks its protocol, or folders of this machine in the place of buckets.
//!
//! Both directions stream: a file of a million items costs no more memory than one of a thousand. Nothing here knows of executions.

mod place;
mod read;
mod write;

pub use place::{Objects, PlaceError, S3, Settings};
pub use read::{
    CHUNK_BYTES_MAX, CHUNK_ITEMS_MAX, Chunk, Format, Items, ReadError, Request, Source,
};
pub use write::{Outcome, Results, WriteError};
