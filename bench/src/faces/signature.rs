//! Signature Version 4 of this client's requests, as AWS documents it ("Create a signed AWS API request").

use std::fmt::Write as _;

use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};

use crate::Fault;

const SCOPE: [&str; 3] = ["us-east-1", "states", "aws4_request"];
const SIGNED: &str = "content-type;host;x-amz-date;x-amz-target";

/// An access key, where AWS's clients look for it.
#[derive(Debug, Clone)]
pub(super) struct Key {
    id: String,
    secret: String,
}

impl Key {
    pub(super) fn from_environment() -> Result<Self, Fault> {
        Ok(Self {
            id: std::env::var("AWS_ACCESS_KEY_ID")?,
            secret: std::env::var("AWS_SECRET_ACCESS_KEY")?,
        })
    }

    /// The headers that sign this request.
    pub(super) fn sign(&self, host: &str, target: &str, body: &str) -> Result<HeaderMap, Fault> {
        let stamp = Utc::now().format("%Y%m%dT%H%M%SZ").to_string();
        let day = &stamp[..8];
        let request = format!(
            "POST\n/\n\ncontent-type:{}\nhost:{host}\nx-amz-date:{stamp}\nx-amz-target:{target}\n\n{SIGNED}\n{}",
            super::aws::CONTENT_TYPE,
            hex(&Sha256::digest(body))
        );
        let scope = format!("{day}/{}", SCOPE.join("/"));
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex(&Sha256::digest(request)));
        let first = format!("AWS4{}", self.secret).into_bytes();
        let key = [day].iter().chain(&SCOPE).fold(first, |key, part| mac(&key, part));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={SIGNED}, Signature={}",
            self.id,
            hex(&mac(&key, &text))
        );
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-date", HeaderValue::try_from(stamp)?);
        headers.insert(AUTHORIZATION, HeaderValue::try_from(authorization)?);
        Ok(headers)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
