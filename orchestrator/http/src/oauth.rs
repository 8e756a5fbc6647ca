//! OAuth client credentials: a token is fetched, kept in memory until shortly before it lapses, and fetched anew when an
//! API does not take it any more. Calls that need the same token wait for one fetch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use url::Url;
use vault::Secret;

use crate::client::Sender;
use crate::connection::{HttpParameters, OAuth, Parameter};
use crate::encode::pair;
use crate::failure::Failure;
use crate::merge::secret;

/// A token is not used so shortly before it lapses: it must last for its call.
const MARGIN: Duration = Duration::from_secs(30);
/// Of a token that does not say.
const LIFE_DEFAULT: Duration = Duration::from_mins(5);
/// However long a token says: a day's end bounds what a revoked one can do.
const LIFE_MAX: Duration = Duration::from_hours(24);
/// Connections whose tokens are kept; beyond it all are dropped and fetched again as they are needed.
const KEPT_MAX: usize = 10_000;
const ANSWER_BYTES_MAX: usize = 65_536;

/// One slot per connection and version of it.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, Arc<Slot>>>);

type Slot = tokio::sync::Mutex<Option<Token>>;

#[derive(Debug, Clone)]
pub(crate) struct Token {
    value: Secret,
    until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl Token {
    pub(crate) fn header(&self) -> HeaderValue {
        secret(&format!("Bearer {}", self.value.expose()))
    }
}

impl Tokens {
    /// The token of the connection `key`; `stale`: one that an API has just refused.
    pub(crate) async fn token(
        &self,
        sender: &Sender,
        key: &str,
        oauth: &OAuth,
        stale: Option<&Token>,
    ) -> Result<Token, Failure> {
        let slot = self.slot(key);
        let mut kept = slot.lock().await;
        let usable = kept.as_ref().filter(|token| {
            token.until > Instant::now() && stale.is_none_or(|stale| stale.value != token.value)
        });
        if let Some(token) = usable {
            return Ok(token.clone());
        }
        *kept = None;
        let token = fetch(sender, oauth).await?;
        *kept = Some(token.clone());
        Ok(token)
    }

    fn slot(&self, key: &str) -> Arc<Slot> {
        let mut slots = self.0.lock().expect("no holder of the tokens panics");
        if slots.len() >= KEPT_MAX && !slots.contains_key(key) {
            slots.clear();
        }
        Arc::clone(slots.entry(key.to_owned()).or_default())
    }
}

async fn fetch(sender: &Sender, oauth: &OAuth) -> Result<Token, Failure> {
    let nothing = HttpParameters::default();
    let added = oauth.oauth_http_parameters.as_ref().unwrap_or(&nothing);
    let mut url = Url::parse(&oauth.authorization_endpoint).map_err(|_| malformed())?;
    let form = form(added);
    let query: Vec<String> = added.query_string_parameters.iter().map(written).collect();
    let in_query = oauth.http_method == "GET";
    let more = query.into_iter().chain(in_query.then(|| form.clone()));
    let pairs: Vec<String> = url.query().map(str::to_owned).into_iter().chain(more).collect();
    if !pairs.is_empty() {
        url.set_query(Some(&pairs.join("&")));
    }
    let method = Method::from_bytes(oauth.http_method.as_bytes()).map_err(|_| malformed())?;
    let body = (!in_query).then_some(form);
    let sent = sender.send(method, url, headers(oauth, added), body).await;
    let response = sent.map_err(|failure| {
        Failure::not_authorized(&format!("no token was given: {}", failure.cause))
    })?;
    granted(response).await
}

fn malformed() -> Failure {
    Failure::not_authorized("the connection's authorization endpoint can't be called")
}

fn written(parameter: &Parameter) -> String {
    pair(&parameter.key, parameter.text())
}

fn form(added: &HttpParameters) -> String {
    let fields = &added.body_parameters;
    let mut pairs: Vec<String> = fields.iter().map(written).collect();
    if !fields.iter().any(|parameter| parameter.key == "grant_type") {
        pairs.insert(0, pair("grant_type", "client_credentials"));
    }
    pairs.join("&")
}

/// The credentials go into the header, unless the connection puts them into the body itself: RFC 6749 forbids both.
fn headers(oauth: &OAuth, added: &HttpParameters) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let in_body = added.body_parameters.iter().any(|parameter| parameter.key == "client_secret");
    if !in_body {
        let client = &oauth.client_parameters;
        let password = client.client_secret.as_ref().map_or("", Secret::expose);
        headers.insert(AUTHORIZATION, crate::client::basic(&client.client_id, password));
    }
    for parameter in &added.header_parameters {
        let name = HeaderName::from_bytes(parameter.key.as_bytes());
        headers.insert(name.expect("it was checked with the connection"), secret(parameter.text()));
    }
    headers
}

/// An answer's body may hold the token, or echo the secret: nothing of it is repeated but the error's code.
async fn granted(mut response: Response) -> Result<Token, Failure> {
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(crate::client::broken)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            return Err(Failure::not_authorized(
                "the authorization endpoint's answer is too large",
            ));
        }
    }
    if !status.is_success() {
        return Err(refused(status, &body));
    }
    let granted: Granted = serde_json::from_slice(&body).map_err(|_| {
        Failure::not_authorized("the authorization endpoint's answer holds no access_token")
    })?;
    if HeaderValue::from_str(&granted.access_token).is_err() {
        let why = "the authorization endpoint's access_token can't be sent in a header";
        return Err(Failure::not_authorized(why));
    }
    let life = life(granted.expires_in.as_ref());
    let value = Secret::new(granted.access_token);
    Ok(Token { value, until: Instant::now() + life })
}

/// Some give the seconds as a text.
fn life(expires_in: Option<&serde_json::Value>) -> Duration {
    let seconds = expires_in.and_then(|value| {
        value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    });
    let life = seconds.map_or(LIFE_DEFAULT, Duration::from_secs).min(LIFE_MAX);
    life.saturating_sub(MARGIN.min(life / 10))
}

fn refused(status: StatusCode, body: &[u8]) -> Failure {
    let is_code = |code: &String| {
        code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let code = serde_json::from_slice(body).ok().map(|it: Refused| it.error).filter(is_code);
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let cause = format!("the authorization endpoint answered {}{code}", status.as_u16());
    Failure::not_authorized(&cause)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_lives_less_than_it_says() {
        for (expires_in, seconds) in [
            (Some(json!(3600)), 3570),
            (Some(json!("3600")), 3570),
            (Some(json!(10)), 9),
            (Some(json!(0)), 0),
            (Some(json!(10_000_000)), 86_370),
            (Some(json!(-1)), 270),
            (None, 270),
        ] {
            assert_eq!(life(expires_in.as_ref()).as_secs(), seconds, "{expires_in:?}");
        }
    }

    #[test]
    fn a_refusal_repeats_the_code_and_nothing_else() {
        let cause = |body: &str| refused(StatusCode::BAD_REQUEST, body.as_bytes()).cause;
        let known =
            cause(r#"{"error": "invalid_client", "error_description": "hunter2 is wrong"}"#);
        assert_eq!(known, "the authorization endpoint answered 400 (invalid_client)");
        for body in [r#"{"error": "no: hunter2"}"#, "hunter2", ""] {
            assert_eq!(cause(body), "the authorization endpoint answered 400", "{body}");
        }
    }
}
