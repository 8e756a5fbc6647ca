//! The harness of the black-box tests: real processes, a real PostgreSQL, the public API and nothing else.

#![expect(clippy::print_stderr, reason = "a test says which seed repeats it")]

mod binaries;
mod chance;
mod client;
mod database;
mod process;
mod server;

pub use binaries::binary;
pub use chance::Chance;
pub use client::{Client, patiently};
pub use database::Database;
pub use process::Process;
pub use server::{Server, ServerOptions, free_port};
