//! The canonical form of a request: what client and server must write down alike before either signs it.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::claim::{Claim, is_signature, pairs};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// A path is encoded once more than it was on the wire; what separates its parts stays.
const IN_PATHS: &AsciiSet = &RESERVED.remove(b'/');

pub(super) fn request(claim: &Claim, parts: &Parts, body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    let mut line = |line: &[u8]| {
        text.extend_from_slice(line);
        text.push(b'\n');
    };
    line(parts.method.as_str().as_bytes());
    line(path(&parts.uri).as_bytes());
    line(query(claim, &parts.uri).as_bytes());
    for name in &claim.signed_headers {
        line(&[name.as_bytes(), b":", &values(name, &parts.headers, &parts.uri)].concat());
    }
    line(b"");
    line(claim.signed_headers.join(";").as_bytes());
    text.extend_from_slice(hex(&Sha256::digest(body)).as_bytes());
    text
}

fn path(uri: &Uri) -> String {
    match uri.path() {
        "" => "/".to_owned(),
        path => utf8_percent_encode(path, IN_PATHS).to_string(),
    }
}

/// Sorted, and encoded anew: clients differ in what they leave as it is.
fn query(claim: &Claim, uri: &Uri) -> String {
    let encoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8_lossy();
        utf8_percent_encode(&text, RESERVED).to_string()
    };
    let pairs = pairs(uri.query().unwrap_or_default());
    let signed = pairs.filter(|(name, _)| !(claim.is_presigned() && is_signature(name)));
    let mut signed: Vec<(String, String)> =
        signed.map(|(name, value)| (encoded(name), encoded(value))).collect();
    signed.sort();
    let signed: Vec<String> =
        signed.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    signed.join("&")
}

/// A header's values, joined by commas, each without what space is around it and with single spaces inside.
fn values(name: &str, headers: &HeaderMap, uri: &Uri) -> Vec<u8> {
    let mut values: Vec<Vec<u8>> =
        headers.get_all(name).iter().map(|value| single_spaced(value.as_bytes())).collect();
    // HTTP/2 has it in the URI.
    if values.is_empty()
        && name == header::HOST
        && let Some(authority) = uri.authority()
    {
        values.push(authority.as_str().as_bytes().to_vec());
    }
    values.join(&b',')
}

fn single_spaced(value: &[u8]) -> Vec<u8> {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}
