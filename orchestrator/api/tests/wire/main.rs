//! Each operation over a real connection, on a real PostgreSQL: requests in, answers and refusals out.

mod executions;
mod health;
mod namespaces;
mod outage;
mod refusals;
mod state_machines;
mod tasks;
mod work;
mod world;
