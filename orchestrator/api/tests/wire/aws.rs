//! The AWS face: requests as SDKs send them, and every answer held against the public model.

mod activities;
mod aliases;
mod arns;
mod client;
pub(crate) mod compatibility;
mod executions;
mod histories;
mod keys;
mod machines;
mod map_runs;
mod members;
mod protocol;
mod quotas;
mod recorded;
mod refusals;
mod tags;
mod tasks;
mod terraform;
mod test_states;
mod tested_calls;
mod tested_tasks;
mod versions;
