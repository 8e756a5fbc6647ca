//! Two servers on one database, and a database that goes away: real processes, `kill -9`, SIGSTOP.

mod outage;
mod standby;
mod support;
