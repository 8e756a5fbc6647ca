//! The store on real PostgreSQL: each test has a database of its own.

mod access_key;
mod commit;
mod connection;
mod execution;
mod fence;
mod history;
mod inbox;
mod machine;
mod namespace;
mod outage;
mod redrive;
mod schema;
mod speed;
mod statements;
mod tag;
mod version;
mod world;
