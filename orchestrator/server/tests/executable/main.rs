//! The executable as people start it: real processes, real PostgreSQL, exit codes and what is printed.

mod archive;
mod dev;
mod offline;
mod process;
mod serving;
