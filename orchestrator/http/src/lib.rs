//! HTTP tasks: from the parameters of `http:invoke` to one guarded request, and from its answer to a result or a failure.
//!
//! Knows no executions, no database and no ARNs. Connections come in opened; failures leave under the names that a
//! definition retries and catches.

mod client;
mod connection;
mod encode;
mod exchange;
mod failure;
mod guard;
mod invocation;
mod merge;
mod oauth;
mod response;
mod tls;

pub use client::{Client, Credentials, Options, SetupError};
pub use connection::{AuthorizationType, Connection, ConnectionFault};
pub use exchange::{Exchange, Received, Secrets, Sent, Witness};
pub use failure::Failure;
pub use guard::{AllowFault, Allowed, Guard};
pub use invocation::Invocation;
