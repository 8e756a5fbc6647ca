//! Each operation over a real connection, on a real PostgreSQL: requests in, answers and refusals out.

mod activities;
mod aliases;
mod aws;
mod connections;
mod executions;
mod express;
mod health;
mod http_tasks;
mod inputs;
mod jsonata;
mod keys;
mod map_runs;
mod namespaces;
mod outage;
mod redrive;
mod refusals;
mod remote;
mod state_machines;
mod tags;
mod tasks;
mod versions;
mod work;
mod world;
