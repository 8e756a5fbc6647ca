//! One signed request and its answer. Nothing is repeated: a call may have arrived, and Retry is the definition's.

use std::time::Duration;

use chrono::Utc;
use reqwest::redirect;
use url::Url;

use crate::answer::Answer;
use crate::request::Request;
use crate::settings::Access;
use crate::sign::{Scope, query, sign};
use crate::tls;

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// AWS's limit for a function; nothing else takes longer.
const ANSWER_WITHIN: Duration = Duration::from_mins(15);
/// Past any task's result, short of a machine's memory.
const ANSWER_BYTES_MAX: usize = 16 * 1_048_576;

#[derive(Debug)]
pub(crate) struct Sender {
    http: reqwest::Client,
}

/// Why there is no answer, as Java's SDK begins to say it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsent {
    #[error("Unable to execute HTTP request: {0}")]
    Broken(String),
    #[error("Unable to execute HTTP request: the answer is larger than {ANSWER_BYTES_MAX} bytes")]
    TooLarge,
    #[error("Unable to marshall request to JSON: {0}")]
    Request(String),
}

impl Sender {
    pub(crate) fn new() -> Result<Self, String> {
        let tls = tls::config().map_err(|error| error.to_string())?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // A signature is good for one host.
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .build();
        Ok(Self { http: http.map_err(|error| error.to_string())? })
    }

    pub(crate) async fn send(
        &self,
        endpoint: &Url,
        service: &str,
        mut request: Request,
        access: &Access,
    ) -> Result<Answer, Unsent> {
        let before = endpoint.path().trim_end_matches('/');
        request.path = format!("{before}{}", request.path);
        let scope = Scope {
            credentials: &access.credentials,
            region: &access.region,
            service,
            at: Utc::now(),
        };
        sign(&mut request, &host(endpoint), scope);
        let mut url = endpoint.clone();
        url.set_path(&request.path);
        let query = query(&request);
        url.set_query(Some(query.as_str()).filter(|it| !it.is_empty()));
        let method = reqwest::Method::from_bytes(request.method.as_bytes());
        let method = method.map_err(|error| Unsent::Request(error.to_string()))?;
        let mut sending = self.http.request(method, url);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        // A request without a body has no length either, but for those that must have one.
        if !request.body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT") {
            sending = sending.body(request.body);
        }
        read(sending.send().await.map_err(broken)?).await
    }
}

async fn read(mut response: reqwest::Response) -> Result<Answer, Unsent> {
    let shown = |value: &reqwest::header::HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    };
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), shown(value))).collect();
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Unsent::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

/// As the request's header has it.
fn host(endpoint: &Url) -> String {
    let host = endpoint.host_str().unwrap_or_default();
    endpoint.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The cause at the bottom, without the address.
fn broken(error: reqwest::Error) -> Unsent {
    let error = error.without_url();
    if error.is_builder() {
        return Unsent::Request(error.to_string());
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Unsent::Broken(cause.to_string())
}
