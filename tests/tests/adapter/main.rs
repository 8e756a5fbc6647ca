//! `everstep adapter aws` on a real server: what a task on another service does there, and what the task gets of it.

#![expect(clippy::print_stderr, reason = "a test that skips says so")]

mod functions;
mod import;
mod moto;
mod services;
mod stage;
