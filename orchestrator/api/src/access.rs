//! Who calls: access keys, what a request proves with one, and which namespaces its caller reaches.
//!
//! As soon as a database has an access key, every call needs one: signed requests on the AWS face, the key itself as
//! metadata over gRPC. Operations ask for the caller where they look namespaces up, so that no face can forget to say.

mod authenticate;
mod basic;
mod caller;
mod key;
mod keyring;
mod sigv4;

pub(crate) use caller::Caller;
pub use key::{NewKey, create};
pub(crate) use keyring::Keyring;
