//! An answer as the task's result: `Headers`, `ResponseBody`, `StatusCode`, `StatusText`.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::exchange::Witness;
use crate::failure::Failure;

/// AWS's limit for a state's data.
pub(crate) const BYTES_MAX: usize = 262_144;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    headers: BTreeMap<&'a str, Vec<String>>,
    response_body: Value,
    status_code: u16,
    status_text: &'a str,
}

/// Reads the whole answer, within the limit.
pub(crate) async fn read(
    response: Response,
    mut witness: Option<&mut Witness>,
) -> Result<String, Failure> {
    if let Some(witness) = &mut witness {
        witness.receives(&response);
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let is_text = !is_media(&headers);
    if status.is_success() && !is_text {
        return Err(unsupported(&headers));
    }
    let body = bytes(response).await?;
    if let Some(witness) = witness {
        witness.reads(&body);
    }
    if !status.is_success() {
        let text = String::from_utf8(body).ok().filter(|text| is_text && !text.is_empty());
        let cause = text.as_deref().unwrap_or(status_text(status));
        return Err(Failure::status(status.as_u16(), cause));
    }
    let Ok(text) = String::from_utf8(body) else {
        return Err(Failure::runtime("The response can't be read as text in UTF-8"));
    };
    let answer = Answer {
        headers: listed(&headers),
        response_body: body_value(&headers, text),
        status_code: status.as_u16(),
        status_text: status_text(status),
    };
    Ok(serde_json::to_string(&answer).expect("it is made of texts and JSON"))
}

async fn bytes(mut response: Response) -> Result<Vec<u8>, Failure> {
    let is_success = response.status().is_success();
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(crate::client::broken)?;
        let Some(chunk) = chunk else { return Ok(body) };
        if body.len() + chunk.len() > BYTES_MAX {
            // Of a failure the beginning is enough: its cause is cut in any case.
            return if is_success { Err(Failure::too_large()) } else { Ok(lossless(body, &chunk)) };
        }
        body.extend_from_slice(&chunk);
    }
}

/// As much of a text that goes on as ends with a whole character.
fn lossless(mut body: Vec<u8>, chunk: &[u8]) -> Vec<u8> {
    body.extend_from_slice(&chunk[..BYTES_MAX - body.len()]);
    if let Err(error) = std::str::from_utf8(&body)
        && error.error_len().is_none()
    {
        body.truncate(error.valid_up_to());
    }
    body
}

fn status_text(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

fn listed(headers: &HeaderMap) -> BTreeMap<&str, Vec<String>> {
    let mut listed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        listed.entry(name.as_str()).or_default().push(text);
    }
    listed
}

/// JSON where the answer says so, or says nothing; what then is none after all stays the text that it is.
fn body_value(headers: &HeaderMap, text: String) -> Value {
    let essence = essence(headers);
    let may_be_json =
        essence.is_empty() || essence == "application/json" || essence.ends_with("+json");
    let parsed = if may_be_json { serde_json::from_str(&text).ok() } else { None };
    parsed.unwrap_or(Value::String(text))
}

/// The kinds that AWS refuses.
fn is_media(headers: &HeaderMap) -> bool {
    let essence = essence(headers);
    essence == "application/octet-stream"
        || ["image/", "video/", "audio/"].iter().any(|kind| essence.starts_with(kind))
}

fn unsupported(headers: &HeaderMap) -> Failure {
    let essence = essence(headers);
    Failure::runtime(&format!(
        "The response has the content type '{essence}', which an HTTP task can't read"
    ))
}

/// The content type without its parameters.
fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_json_where_it_says_so() {
        for (content_type, text, expected) in [
            ("application/json", r#"{"a": [1.5]}"#, json!({"a": [1.5]})),
            ("application/json; charset=utf-8", "[]", json!([])),
            ("Application/Problem+JSON", "{}", json!({})),
            ("", "true", json!(true)),
            ("", "plain", json!("plain")),
            ("text/html", "<p>", json!("<p>")),
            ("text/plain", "1", json!("1")),
            ("application/json", "{broken", json!("{broken")),
            ("application/json", "", json!("")),
            ("application/xml", "<x/>", json!("<x/>")),
        ] {
            let mut headers = HeaderMap::new();
            if !content_type.is_empty() {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
            assert_eq!(body_value(&headers, text.to_owned()), expected, "{content_type} {text}");
        }
    }

    #[test]
    fn numbers_keep_every_digit() {
        let text = r#"{"id":12345678901234567890,"amount":1.10}"#;
        assert_eq!(body_value(&HeaderMap::new(), text.to_owned()).to_string(), text);
    }

    #[test]
    fn a_text_is_cut_at_a_whole_character() {
        let body = lossless(vec![b'x'; BYTES_MAX - 1], "ü".as_bytes());
        assert_eq!(body.len(), BYTES_MAX - 1);
        let body = lossless(vec![b'x'; BYTES_MAX - 2], "üy".as_bytes());
        assert_eq!(body.len(), BYTES_MAX);
    }
}
