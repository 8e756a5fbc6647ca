//! The seal on what leaves the house and must come back untouched: task tokens and page tokens. HMAC-SHA256 with the
//! database's secret, cut to 128 bits; every use names its purpose, so that one kind can't pass for another.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Guessing one in 2^128 is out of reach, and a token stays short.
pub const SEAL_BYTES: usize = 16;

#[derive(Clone)]
pub struct Seal(Hmac<Sha256>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    TaskToken,
    PageToken,
}

impl Seal {
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    pub fn sign(&self, purpose: Purpose, parts: [&[u8]; 2]) -> [u8; SEAL_BYTES] {
        let whole = self.feed(purpose, parts).finalize().into_bytes();
        whole[..SEAL_BYTES].try_into().expect("SHA-256 is longer than the seal")
    }

    /// In constant time: how much of a forged seal was right must not be measurable.
    pub fn holds(&self, purpose: Purpose, parts: [&[u8]; 2], seal: &[u8]) -> bool {
        seal.len() == SEAL_BYTES && self.feed(purpose, parts).verify_truncated_left(seal).is_ok()
    }

    /// Lengths go in as well, so that no byte can wander from one part to the next.
    fn feed(&self, purpose: Purpose, parts: [&[u8]; 2]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(match purpose {
            Purpose::TaskToken => b"task",
            Purpose::PageToken => b"page",
        });
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for Seal {
    /// The key stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}
