//! The adapter for AWS: a worker for the queues `service:action` and `aws-sdk:service:action` of some services, which makes
//! the calls that Step Functions would make, at AWS itself or at whatever answers like it.
//!
//! It leans on the worker's library and the public contract alone. What it knows of services is in `models`, derived
//! from botocore's; it keeps no state, and nothing of a task outlives its answer.

mod adapter;
mod answer;
mod aws;
mod call;
mod credentials;
mod definitions;
mod failure;
mod fit;
mod function;
mod instant;
mod integration;
mod model;
mod name;
mod request;
mod send;
mod settings;
mod sign;
mod tls;
mod xml;

pub use adapter::{AdapterError, run_until};
pub use aws::{Aws, AwsError};
pub use credentials::Credentials;
pub use everstep_worker::{AccessKey, WorkerError};
pub use settings::{Access, Settings};
