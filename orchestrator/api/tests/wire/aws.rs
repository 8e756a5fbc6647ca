//! The AWS face: requests as SDKs send them, and every answer held against the public model.

mod activities;
mod aliases;
mod client;
mod executions;
mod keys;
mod machines;
mod protocol;
mod recorded;
mod refusals;
mod tags;
mod tasks;
mod terraform;
mod versions;
