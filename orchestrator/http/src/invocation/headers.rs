//! The headers of a definition. AWS refuses those that frame, route, cache or authorize a message.

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::encode::scalar;
use crate::failure::Failure;

/// As AWS's documentation lists them.
const REFUSED: [&str; 32] = [
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "referer",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
];
const REFUSED_BEGINNINGS: [&str; 3] = ["x-forwarded-", "x-amz-", "x-amzn-"];
/// Not refused by AWS, and set by the client whatever a definition says.
const OURS: [&str; 3] = ["content-length", "range", "user-agent"];

pub(super) fn read(value: Option<&Value>) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let fields = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(super::invalid("Headers")),
    };
    let mut headers = Vec::new();
    for (name, value) in fields {
        let parsed =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| super::invalid("Headers"))?;
        if is_refused(parsed.as_str()) {
            let why = format!("The header '{name}' in the field 'Headers' cannot be set");
            return Err(Failure::parameters(&why));
        }
        if OURS.contains(&parsed.as_str()) {
            continue;
        }
        for item in items(value) {
            let text = HeaderValue::from_str(&scalar(item));
            headers.push((parsed.clone(), text.map_err(|_| super::invalid("Headers"))?));
        }
    }
    Ok(headers)
}

/// Several values are several lines of the header.
fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn is_refused(name: &str) -> bool {
    REFUSED.contains(&name) || REFUSED_BEGINNINGS.iter().any(|start| name.starts_with(start))
}
