//! The worker against a server that the test plays: what it says, when, and what it does about the answers.

mod connection;
mod drain;
mod fake;
mod handling;
mod outcomes;
mod slots;
mod traces;
