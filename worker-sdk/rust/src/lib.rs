//! Workers for Everstep: handlers for task queues, over one stream to the server.

mod error;

pub use error::{TaskError, WorkerError};
