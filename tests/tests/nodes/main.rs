//! Two servers on one database, and a database that goes away: real processes, `kill -9`, SIGSTOP.

#![expect(clippy::print_stderr, reason = "a test says how long a takeover took")]

mod outage;
mod standby;
mod support;
mod takeover;
