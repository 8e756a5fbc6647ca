//! Signature Version 4, as AWS documents it: what a request says of its signature, and whether that is true.
//!
//! Both forms are read: the header `Authorization`, which SDKs send, and the query of a presigned URL. There is no memory of
//! signatures: equal requests within one second carry equal ones, and two polls may be equal.

mod canonical;
mod claim;
#[cfg(test)]
mod tests;

use axum::http::request::Parts;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use vault::Secret;

use crate::errors::{Reason, Refusal};
pub(super) use claim::Claim;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
/// How far the clocks of client and server may be apart: AWS's.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// As AWS writes times, here and in `X-Amz-Date`.
const BASIC_FORMAT: &str = "%Y%m%dT%H%M%SZ";
/// Whoever could add one of these to a signed request would change what it asks for.
const SIGNED_ALWAYS: [(&str, &str); 2] =
    [("host", "'Host' or ':authority'"), ("x-amz-target", "'X-Amz-Target'")];

/// What a signature must be scoped to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// Whether `claim`, which was read from this very request, is true.
pub(super) fn verify(
    claim: &Claim,
    secret: &Secret,
    (parts, body): (&Parts, &[u8]),
    expected: Expected<'_>,
) -> Result<(), Refusal> {
    check_scope(claim, expected)?;
    check_time(claim, expected.now)?;
    for (header, shown) in SIGNED_ALWAYS {
        let is_there = header == "host" || parts.headers.contains_key(header);
        if is_there && !claim.signed_headers.iter().any(|signed| signed == header) {
            return Err(invalid(format!(
                "{shown} must be a 'SignedHeader' in the AWS Authorization."
            )));
        }
    }
    let canonical = Sha256::digest(canonical::request(claim, parts, body));
    let text = format!(
        "{ALGORITHM}\n{}\n{}/{}/{}/{}\n{}",
        claim.stamp,
        claim.scope.date,
        claim.scope.region,
        claim.scope.service,
        claim.scope.terminator,
        canonical::hex(&canonical)
    );
    let signature = mac(&signing_key(claim, secret), &text);
    let given = canonical::unhex(&claim.signature);
    // In constant time.
    if given.is_some_and(|given| signature.verify_slice(&given).is_ok()) {
        return Ok(());
    }
    Err(invalid(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key \
         and signing method. Consult the service documentation for details.",
    ))
}

fn check_scope(claim: &Claim, expected: Expected<'_>) -> Result<(), Refusal> {
    let (scope, stamp) = (&claim.scope, &claim.stamp);
    let mut faults = Vec::new();
    if scope.region != expected.region {
        let region = &scope.region;
        faults.push(format!("Credential should be scoped to a valid region, not '{region}'. "));
    }
    if scope.service != expected.service {
        let service = expected.service;
        faults.push(format!("Credential should be scoped to correct service: '{service}'. "));
    }
    if scope.terminator != TERMINATOR {
        let found = &scope.terminator;
        faults.push(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{found}'. "
        ));
    }
    let day = stamp.get(..8).unwrap_or_default();
    if scope.date != day {
        let found = &scope.date;
        faults.push(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{found}' != '{day}', from '{stamp}'."
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(invalid(faults.concat())) }
}

fn check_time(claim: &Claim, now: DateTime<Utc>) -> Result<(), Refusal> {
    let shown = |time: DateTime<Utc>| time.format(BASIC_FORMAT).to_string();
    let stamp = &claim.stamp;
    let lasts = claim.expires.unwrap_or(SKEW);
    let earliest = now - lasts;
    if claim.signed_at < earliest {
        return Err(invalid(format!(
            "Signature expired: {stamp} is now earlier than {} ({} - {} min.)",
            shown(earliest),
            shown(now),
            lasts.num_minutes()
        )));
    }
    let latest = now + SKEW;
    if claim.signed_at > latest {
        return Err(invalid(format!(
            "Signature not yet current: {stamp} is still later than {} ({} + {} min.)",
            shown(latest),
            shown(now),
            SKEW.num_minutes()
        )));
    }
    Ok(())
}

/// Of a day, a region and a service: a signature of one proves nothing to another.
fn signing_key(claim: &Claim, secret: &Secret) -> [u8; 32] {
    let scope = &claim.scope;
    let first = ["AWS4", secret.expose()].concat().into_bytes();
    [&scope.date, &scope.region, &scope.service, &scope.terminator]
        .into_iter()
        .fold(None, |key: Option<[u8; 32]>, part| {
            let key = key.as_ref().map_or(first.as_slice(), <[u8; 32]>::as_slice);
            Some(mac(key, part).finalize().into_bytes().into())
        })
        .expect("a scope has parts")
}

fn mac(key: &[u8], text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::InvalidSignatureException, message)
}
