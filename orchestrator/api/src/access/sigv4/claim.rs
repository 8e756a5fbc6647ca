//! What a request says of its signature, read and not yet believed.

use std::borrow::Cow;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};

use super::{ALGORITHM, BASIC_FORMAT};
use crate::errors::{Reason, Refusal};

const SIGNATURE: &str = "X-Amz-Signature";
const DATE: &str = "X-Amz-Date";
const TOKEN: &str = "X-Amz-Security-Token";
/// AWS's: a week.
const EXPIRES_SECONDS_MAX: i64 = 604_800;

#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) key_id: String,
    pub(super) scope: Scope,
    /// Lower case, in the order of the signature.
    pub(super) signed_headers: Vec<String>,
    /// In hexadecimal.
    pub(super) signature: String,
    pub(super) signed_at: DateTime<Utc>,
    /// The same time as it was signed.
    pub(super) stamp: String,
    /// Of a presigned URL: how long it lasts.
    pub(super) expires: Option<TimeDelta>,
    /// Of temporary credentials, which are not given out here.
    pub(crate) has_session_token: bool,
}

/// What the signing key is good for.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) terminator: String,
}

impl Claim {
    pub(crate) fn read(parts: &Parts) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        if parameter(query, "X-Amz-Algorithm").or_else(|| parameter(query, SIGNATURE)).is_some() {
            return Self::presigned(query);
        }
        let authorization =
            parts.headers.get(header::AUTHORIZATION).ok_or_else(Refusal::unauthenticated)?;
        let text = authorization.to_str().map_err(|_| {
            incomplete(format!(
                "Authorization header is no text. {}",
                hashed(authorization.as_bytes())
            ))
        })?;
        Self::signed(text, &parts.headers)
    }

    /// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`
    fn signed(authorization: &str, headers: &HeaderMap) -> Result<Self, Refusal> {
        let (scheme, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let rest = if scheme == ALGORITHM { rest } else { "" };
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        let pairs = rest.split(|c: char| c == ',' || c.is_whitespace());
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("Credential", value)) => credential = Some(value),
                Some(("SignedHeaders", value)) => signed_headers = Some(value),
                Some(("Signature", value)) => signature = Some(value),
                Some(_) => {}
                None => {
                    let hash = hash(authorization.as_bytes());
                    return Err(incomplete(format!(
                        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and \
                         encoded with Base64): '{hash}'."
                    )));
                }
            }
        }
        let date = headers.get(DATE).or_else(|| headers.get(header::DATE));
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
            (credential, signature, signed_headers, date)
        else {
            let absent = [
                ("Authorization header requires 'Credential' parameter. ", credential.is_none()),
                ("Authorization header requires 'Signature' parameter. ", signature.is_none()),
                (
                    "Authorization header requires 'SignedHeaders' parameter. ",
                    signed_headers.is_none(),
                ),
                (
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
                    date.is_none(),
                ),
            ];
            let absent: String =
                absent.iter().filter(|(_, it)| *it).map(|(text, _)| *text).collect();
            return Err(incomplete(absent + &hashed(authorization.as_bytes())));
        };
        let (signed_at, stamp) = time(&String::from_utf8_lossy(date.as_bytes()))?;
        let (key_id, scope) = credentials(credential)?;
        Ok(Self {
            key_id,
            scope,
            signed_headers: names(signed_headers),
            signature: signature.to_owned(),
            signed_at,
            stamp,
            expires: None,
            has_session_token: headers.contains_key(TOKEN),
        })
    }

    fn presigned(query: &str) -> Result<Self, Refusal> {
        let required = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            SIGNATURE,
            "X-Amz-SignedHeaders",
            DATE,
            "X-Amz-Expires",
        ];
        let found = required.map(|name| parameter(query, name));
        let [
            Some(algorithm),
            Some(credential),
            Some(signature),
            Some(headers),
            Some(date),
            Some(expires),
        ] = found
        else {
            let absent = required.iter().zip(&found).filter(|(_, value)| value.is_none());
            let mut faults: Vec<String> = absent
                .map(|(name, _)| format!("AWS query-string parameters must include '{name}'. "))
                .collect();
            faults.push("Re-examine the query-string parameters.".to_owned());
            return Err(incomplete(faults.concat()));
        };
        if algorithm != ALGORITHM {
            return Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
        }
        let seconds =
            expires.parse().ok().filter(|seconds| (1..=EXPIRES_SECONDS_MAX).contains(seconds));
        let Some(seconds) = seconds else {
            return Err(incomplete(format!(
                "X-Amz-Expires must be a number of seconds from 1 to {EXPIRES_SECONDS_MAX}, not '{expires}'."
            )));
        };
        let (signed_at, stamp) = time(&date)?;
        let (key_id, scope) = credentials(&credential)?;
        Ok(Self {
            key_id,
            scope,
            signed_headers: names(&headers),
            signature: signature.into_owned(),
            signed_at,
            stamp,
            expires: Some(TimeDelta::seconds(seconds)),
            has_session_token: parameter(query, TOKEN).is_some(),
        })
    }

    pub(super) fn is_presigned(&self) -> bool {
        self.expires.is_some()
    }
}

/// The pairs of a query, encoded as they came.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

pub(super) fn is_signature(name: &str) -> bool {
    name == SIGNATURE
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, value) = pairs(query).find(|(found, _)| *found == name)?;
    Some(percent_decode_str(value).decode_utf8_lossy())
}

fn credentials(credential: &str) -> Result<(String, Scope), Refusal> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [key_id, date, region, service, terminator] = parts[..] else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
        )));
    };
    let [date, region, service, terminator] =
        [date, region, service, terminator].map(str::to_owned);
    Ok((key_id.to_owned(), Scope { date, region, service, terminator }))
}

fn names(signed_headers: &str) -> Vec<String> {
    signed_headers.split(';').map(str::to_owned).collect()
}

/// As `X-Amz-Date` has it, or as `Date` may.
fn time(text: &str) -> Result<(DateTime<Utc>, String), Refusal> {
    let basic = NaiveDateTime::parse_from_str(text, BASIC_FORMAT).map(|time| time.and_utc());
    let time = basic.or_else(|_| DateTime::parse_from_rfc2822(text).map(DateTime::into));
    let time: DateTime<Utc> = time.map_err(|_| {
        incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })?;
    Ok((time, time.format(BASIC_FORMAT).to_string()))
}

/// AWS shows the header like this, for it may hold what must not be told.
fn hashed(authorization: &[u8]) -> String {
    format!("(Hashed with SHA-256 and encoded with Base64) Authorization={}", hash(authorization))
}

fn hash(authorization: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(authorization))
}

fn incomplete(message: impl Into<String>) -> Refusal {
    Refusal::new(Reason::IncompleteSignatureException, message)
}
