//! Operations and their two faces, gRPC and AWS JSON: requests are checked, the engine or the store is asked, refusals are put into AWS's words.
//!
//! An operation takes and gives the messages of `everstep/v1` and knows no transport; a face puts it on one. ARNs, task
//! tokens and error names live on this floor alone: the floors below know ids.

pub mod access;
pub mod arn;
pub mod border;
pub mod errors;
pub mod grpc;
pub mod http_tasks;
pub mod limits;
pub mod operations;
pub mod seal;
pub mod token;

mod aws;
mod check;
mod express;
mod history;
mod open_branches;
mod page;
mod pollers;
mod throttle;
mod timestamps;

pub use errors::{Reason, Refusal};
pub use operations::{Operations, join, vault};
