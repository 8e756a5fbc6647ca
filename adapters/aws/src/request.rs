//! A request as it goes out: from an operation's parameters, by its service's protocol.

mod form;
mod json;
mod rest;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::model::{Operation, Protocol, Service};

pub(crate) use json::document;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Percent-encoded.
    pub(crate) path: String,
    /// As they are meant: not encoded.
    pub(crate) query: Vec<(String, String)>,
    /// In lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A parameter without which there is no request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parameter '{0}' is missing")]
pub(crate) struct Missing(pub(crate) String);

/// What may stand in a path or a query as it is.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &UNRESERVED).to_string()
}

/// `parameters` fit the operation's input.
pub(crate) fn build(
    service: &Service,
    operation: &Operation,
    parameters: &Value,
) -> Result<Request, Missing> {
    let mut request = match service.protocol {
        Protocol::Json => json::build(service, operation, parameters),
        Protocol::Query => form::build(service, operation, parameters),
        Protocol::RestJson | Protocol::RestXml => rest::build(service, operation, parameters)?,
    };
    request.method.clone_from(&operation.method);
    if operation.checksum && !request.body.is_empty() {
        add_checksum(&mut request);
    }
    Ok(request)
}

/// As AWS's SDKs do: CRC-32, unless the parameters bring a checksum.
fn add_checksum(request: &mut Request) {
    use base64::Engine as _;
    let given = |(name, _): &(String, String)| name.starts_with("x-amz-checksum-");
    if request.headers.iter().any(given) {
        return;
    }
    let sum = crc32fast::hash(&request.body).to_be_bytes();
    let sum = base64::engine::general_purpose::STANDARD.encode(sum);
    request.headers.retain(|(name, _)| name != "x-amz-sdk-checksum-algorithm");
    request.headers.push(("x-amz-sdk-checksum-algorithm".to_owned(), "CRC32".to_owned()));
    request.headers.push(("x-amz-checksum-crc32".to_owned(), sum));
}

/// A scalar's text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
