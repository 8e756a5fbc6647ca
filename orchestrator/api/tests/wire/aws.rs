//! The AWS face: requests as SDKs send them, and every answer held against the public model.

mod client;
mod executions;
mod machines;
mod protocol;
mod recorded;
mod refusals;
mod tasks;
