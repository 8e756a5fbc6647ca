//! The engine on a real PostgreSQL, in this process: what workers and callers see, and what they must not see yet.

mod callbacks;
mod children;
mod durability;
mod executions;
mod express;
mod map_run_fields;
mod map_runs;
mod nodes;
mod redrive;
mod support;
mod tasks;
