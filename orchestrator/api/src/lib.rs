//! Operations and their gRPC face: requests are checked, the engine or the store is asked, refusals are put into AWS's words.
//!
//! ARNs, task tokens and error names live on this floor alone; the floors below know ids.

pub mod grpc;
