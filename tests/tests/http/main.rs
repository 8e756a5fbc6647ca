//! HTTP tasks of a real server process: killed in the middle of a call, and never telling a secret.

mod kill;
mod remote;
mod secrets;
mod support;
