//! The allow-list: hosts and networks that may be called although they are not public.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    Network(IpNet),
    /// One name, wherever it leads.
    Host(String),
    /// Every name that ends in this, after a dot.
    Domain(String),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither an address, a network such as 10.1.0.0/16, a host name, nor *.domain")]
pub struct AllowFault(String);

impl FromStr for Allowed {
    type Err = AllowFault;

    fn from_str(text: &str) -> Result<Self, AllowFault> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self::Network(network));
        }
        let (name, is_domain) = match text.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (text, false),
        };
        let name = host_name(name).ok_or_else(|| AllowFault(text.to_owned()))?;
        Ok(if is_domain { Self::Domain(format!(".{name}")) } else { Self::Host(name) })
    }
}

/// As a URL would have it; a number would be an address in disguise.
fn host_name(text: &str) -> Option<String> {
    match url::Host::parse(text) {
        Ok(url::Host::Domain(name)) if !name.starts_with('.') && !name.contains('*') => Some(name),
        Ok(_) | Err(_) => None,
    }
}

impl Allowed {
    pub(super) fn covers(&self, host: &str, address: IpAddr) -> bool {
        let host = host.trim_end_matches('.');
        match self {
            Self::Network(network) => network.contains(&address.to_canonical()),
            Self::Host(name) => host.eq_ignore_ascii_case(name),
            Self::Domain(end) => host
                .len()
                .checked_sub(end.len())
                .and_then(|at| host.get(at..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end)),
        }
    }
}
