//! `$hash` and `$parse`.

use std::fmt::Write as _;

use jsonata_core::ambient;
use jsonata_core::value::JValue;
use md5::{Digest, Md5};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::{Answer, error, is_undefined, text};
use crate::convert::from_json;
use crate::error::UNCODED;

/// What a byte of JSON may become: an empty array is two, and takes this much twice.
const BYTES_PER_BYTE: usize = 64;

/// `$hash(text, algorithm)`, in hexadecimal digits.
pub(super) fn hash(arguments: &[JValue]) -> Answer {
    if is_undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let data = text(arguments, 0, "hash")?.as_bytes();
    ambient::step(data.len() as u64 / 32)?;
    let digest: Vec<u8> = match text(arguments, 1, "hash")? {
        "MD5" => Md5::digest(data).to_vec(),
        "SHA-1" => Sha1::digest(data).to_vec(),
        "SHA-256" => Sha256::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        "SHA-512" => Sha512::digest(data).to_vec(),
        other => {
            let message = format!(
                "The hash algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512, but was \"{other}\""
            );
            return Err(error(UNCODED, &message));
        }
    };
    let mut digits = String::with_capacity(2 * digest.len());
    for byte in digest {
        write!(digits, "{byte:02x}").expect("a String takes all that is written");
    }
    Ok(JValue::from(digits))
}

/// `$parse(text)`: the JSON value that the text is.
pub(super) fn parse(arguments: &[JValue]) -> Answer {
    if is_undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let text = text(arguments, 0, "parse")?;
    ambient::room(text.len().saturating_mul(BYTES_PER_BYTE));
    ambient::step(text.len() as u64 / 8)?;
    let value: Value = serde_json::from_str(text).map_err(|why| {
        error(UNCODED, &format!("The argument of the function \"parse\" is not JSON: {why}"))
    })?;
    Ok(from_json(&value))
}
