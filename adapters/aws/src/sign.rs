//! Signature Version 4: a request's headers, signed with a key that is good for a day, a region and a service.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::credentials::Credentials;
use crate::request::{Request, encoded};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) at: DateTime<Utc>,
}

/// Adds what signs the request. `host` as the request's header has it.
pub(crate) fn sign(request: &mut Request, host: &str, scope: Scope<'_>) {
    let stamp = scope.at.format("%Y%m%dT%H%M%SZ").to_string();
    let digest = hex(&Sha256::digest(&request.body));
    request.headers.push(("x-amz-date".to_owned(), stamp.clone()));
    request.headers.push(("x-amz-content-sha256".to_owned(), digest.clone()));
    if let Some(token) = &scope.credentials.session_token {
        request.headers.push(("x-amz-security-token".to_owned(), token.clone()));
    }
    let (names, canonical) = canonical(request, host, scope.service, &digest);
    let day = &stamp[..8];
    let scope_text = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let hashed = hex(&Sha256::digest(canonical.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope_text}\n{hashed}");
    let signature = hex(&mac(&key(scope, day), to_sign.as_bytes()));
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope_text}, SignedHeaders={names}, Signature={signature}",
        scope.credentials.access_key_id
    );
    request.headers.push(("authorization".to_owned(), value));
}

/// The names of the signed headers, and the request as it is signed.
fn canonical(request: &Request, host: &str, service: &str, digest: &str) -> (String, String) {
    let host = ("host", host);
    let given = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut headers: Vec<(&str, String)> = given
        .chain([host])
        .map(|(name, value)| (name, value.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect();
    headers.sort();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let mut lines = String::new();
    for (name, value) in &headers {
        let _ = writeln!(lines, "{name}:{value}");
    }
    // S3 signs the path as it is sent; the others encode each step once more.
    let steps = request.path.split('/').map(encoded);
    let path = match service {
        "s3" => request.path.clone(),
        _ => steps.collect::<Vec<_>>().join("/"),
    };
    let query = query(request);
    let method = &request.method;
    (names.clone(), format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}"))
}

/// As it is sent, too: sorted, so that there is one order.
pub(crate) fn query(request: &Request) -> String {
    let encoded = |(name, value): &(String, String)| (encoded(name), encoded(value));
    let mut pairs: Vec<(String, String)> = request.query.iter().map(encoded).collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn key(scope: Scope<'_>, day: &str) -> Vec<u8> {
    let secret = format!("AWS4{}", scope.credentials.secret_access_key);
    [day, scope.region, scope.service, "aws4_request"]
        .iter()
        .fold(secret.into_bytes(), |key, part| mac(&key, part.as_bytes()))
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(mut request: Request, host: &str, service: &str, at: &str) -> Vec<(String, String)> {
        let credentials = Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: None,
        };
        let at = DateTime::parse_from_rfc3339(at).unwrap().to_utc();
        let scope = Scope { credentials: &credentials, region: "us-east-1", service, at };
        sign(&mut request, host, scope);
        request.headers
    }

    /// From AWS's documentation of S3, "Authenticating Requests: Using the Authorization Header", the examples.
    #[test]
    fn the_documentations_examples_come_out_to_the_letter() {
        let host = "examplebucket.s3.amazonaws.com";
        let at = "2013-05-24T00:00:00Z";
        let get = Request {
            method: "GET".to_owned(),
            path: "/test.txt".to_owned(),
            headers: vec![("range".to_owned(), "bytes=0-9".to_owned())],
            ..Request::default()
        };
        let list = Request {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: vec![
                ("prefix".to_owned(), "J".to_owned()),
                ("max-keys".to_owned(), "2".to_owned()),
            ],
            ..Request::default()
        };
        for (request, signature) in [
            (get, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            (list, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
        ] {
            let headers = signed(request, host, "s3", at);
            let (_, authorization) = headers.last().unwrap();
            assert!(authorization.ends_with(&format!("Signature={signature}")), "{authorization}");
        }
    }
}
