//! An API on loopback that HTTP tasks call. It keeps what it was asked, and answers by path.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

#[derive(Debug, Clone)]
pub(crate) struct Remote {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// How often each path was asked for.
    asked: Mutex<BTreeMap<String, u32>>,
    /// Told when a call of `/slow` has arrived, and when its caller has gone away.
    arrived: Notify,
    gone: Notify,
}

impl Remote {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("has an address");
        let remote = Self { address, inner: Arc::default() };
        let app = axum::Router::new().fallback(answer).with_state(remote.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        remote
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn asked(&self, path: &str) -> u32 {
        self.inner.asked.lock().expect("no holder panics").get(path).copied().unwrap_or(0)
    }

    pub(crate) async fn slow_call_has_arrived(&self) {
        self.inner.arrived.notified().await;
    }

    pub(crate) async fn slow_caller_has_gone(&self) {
        self.inner.gone.notified().await;
    }
}

/// Dropped with the request's future, when its caller breaks off.
struct Leaving(Arc<Inner>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.gone.notify_one();
    }
}

async fn answer(State(remote): State<Remote>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let count = {
        let mut asked = remote.inner.asked.lock().expect("no holder panics");
        let count = asked.entry(path.clone()).or_insert(0);
        *count += 1;
        *count
    };
    let header = |name: &str| {
        head.headers.get(name).map(|value| value.to_str().unwrap_or_default().to_owned())
    };
    let authorization = header("authorization").unwrap_or_default();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts[..] {
        ["json"] => json_of(&json!({"hello": "world", "id": 12_345})),
        ["text"] => "plain words".into_response(),
        ["empty"] => StatusCode::NO_CONTENT.into_response(),
        ["image"] => typed("image/png", Bytes::from_static(&[0x89, b'P', b'N', b'G'])),
        ["bytes"] => typed("text/plain", Bytes::from_static(&[0xff, 0xfe, 0x00])),
        ["large", length] => "x".repeat(length.parse().unwrap_or(0)).into_response(),
        ["status", code] => (
            StatusCode::from_bytes(code.as_bytes()).expect("three digits"),
            format!("this is {code}"),
        )
            .into_response(),
        ["flaky", ..] if count <= 2 => (StatusCode::SERVICE_UNAVAILABLE, "not yet").into_response(),
        ["flaky", ..] => json_of(&json!(count)),
        ["redirect"] => {
            (StatusCode::FOUND, [("location", remote.url("/json"))], "elsewhere").into_response()
        }
        ["slow"] => {
            let _leaving = Leaving(Arc::clone(&remote.inner));
            remote.inner.arrived.notify_one();
            std::future::pending::<Response>().await
        }
        ["trickle"] => trickle(),
        ["token", kind] => token(&remote, kind, &authorization, &body, count),
        ["guarded", kind] => guarded(kind, &authorization),
        _ => json_of(&json!({
            "method": head.method.as_str(),
            "path": path,
            "query": head.uri.query(),
            "headers": head.headers.iter().map(|(name, value)| {
                (name.to_string(), Value::from(value.to_str().unwrap_or_default()))
            }).collect::<serde_json::Map<_, _>>(),
            "body": String::from_utf8_lossy(&body),
        })),
    }
}

fn json_of(value: &Value) -> Response {
    typed("application/json", Bytes::from(value.to_string()))
}

fn typed(content_type: &'static str, body: Bytes) -> Response {
    ([("content-type", content_type)], body).into_response()
}

/// A head at once, and a body that never ends.
fn trickle() -> Response {
    let first = futures_util::stream::once(async { Ok::<_, std::io::Error>("a beginning") });
    let body = futures_util::StreamExt::chain(first, futures_util::stream::pending());
    Response::new(Body::from_stream(body))
}

/// `me:hunter2-oauth` gets `token-1`, `token-2`, …; `refused` refuses, and repeats the secret in its answer.
fn token(remote: &Remote, kind: &str, authorization: &str, body: &[u8], count: u32) -> Response {
    let known = authorization == "Basic bWU6aHVudGVyMi1vYXV0aA==";
    let form = String::from_utf8_lossy(body);
    if kind == "refused" || !known || !form.contains("grant_type=client_credentials") {
        let answer =
            json!({"error": "invalid_client", "error_description": "hunter2-oauth is wrong"});
        return (StatusCode::UNAUTHORIZED, answer.to_string()).into_response();
    }
    let _ = remote;
    json_of(
        &json!({"access_token": format!("token-{count}"), "token_type": "Bearer", "expires_in": 3600}),
    )
}

/// `first`: takes the first token; `second`: takes it no more.
fn guarded(kind: &str, authorization: &str) -> Response {
    let wanted = if kind == "first" { "Bearer token-1" } else { "Bearer token-2" };
    if authorization == wanted {
        return json_of(&json!(kind));
    }
    (StatusCode::UNAUTHORIZED, "who are you?").into_response()
}
