//! The guard: which addresses a task may call. A definition comes from a team, the orchestrator stands in the network of
//! its operators; without a guard every definition could call what that network trusts.
//!
//! A name is resolved, the addresses are checked, and the connection goes to a checked address: an answer of DNS that
//! changes between the check and the call has no say. Redirects are not followed at all.

mod address;
mod allowed;

use std::net::IpAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::failure::Failure;
pub use allowed::{AllowFault, Allowed};

#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// What may be called although the guard would refuse it.
    pub allowed: Vec<Allowed>,
    /// Whether `http://` may be called, too.
    pub allow_plain: bool,
}

/// What the guard refused, found again in the client's error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Forbidden(String);

impl Guard {
    /// What can be said before any name is resolved.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Failure> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_plain => {}
            "http" => {
                return Err(Failure::parameters(
                    "The value of the field 'ApiEndpoint' must be an HTTPS URL; http:// is not allowed here",
                ));
            }
            _ => {
                let why = "The value of the field 'ApiEndpoint' must be an HTTPS URL";
                return Err(Failure::parameters(why));
            }
        }
        if !url.username().is_empty() || url.password().is_some() {
            let why = "The value of the field 'ApiEndpoint' must not hold a user or a password";
            return Err(Failure::parameters(why));
        }
        // A name is checked when it has been resolved.
        let address: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => {
                return Err(Failure::parameters(
                    "The value of the field 'ApiEndpoint' names no host",
                ));
            }
        };
        if self.permits(&address.to_string(), address) {
            return Ok(());
        }
        Err(Failure::forbidden(&refused(&address.to_string())))
    }

    /// Whether `host`, found at `address`, may be called.
    pub(crate) fn permits(&self, host: &str, address: IpAddr) -> bool {
        address::is_public(address) || self.allowed.iter().any(|it| it.covers(host, address))
    }
}

fn refused(host: &str) -> String {
    format!(
        "'{host}' is in the orchestrator's own network or reserved, and may not be called; an operator can allow it with --http-allow"
    )
}

/// Resolves names for the client, to permitted addresses alone.
#[derive(Debug)]
pub(crate) struct GuardedResolver(pub(crate) Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<_> = tokio::net::lookup_host((host, 0)).await?.collect();
            let permitted: Vec<_> =
                found.into_iter().filter(|address| guard.permits(host, address.ip())).collect();
            if permitted.is_empty() {
                return Err(Forbidden(refused(host)).into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
