//! An API on loopback that holds its calls until the test lets them go.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{Semaphore, watch};

#[derive(Debug, Clone)]
pub(crate) struct Remote {
    pub(crate) address: SocketAddr,
    calls: watch::Sender<u32>,
    answers: Arc<Semaphore>,
}

impl Remote {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("has an address");
        let (calls, answers) = (watch::Sender::new(0), Arc::new(Semaphore::new(0)));
        let remote = Self { address, calls, answers };
        let app = axum::Router::new().fallback(answer).with_state(remote.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        remote
    }

    /// The same, said to be elsewhere.
    pub(crate) fn at(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// Until so many calls have arrived.
    pub(crate) async fn called(&self, times: u32) {
        let mut calls = self.calls.subscribe();
        let arrived = calls.wait_for(|calls| *calls >= times);
        let arrived = tokio::time::timeout(Duration::from_mins(1), arrived).await;
        arrived.expect("the call arrives").expect("the sender lives");
    }

    pub(crate) fn calls(&self) -> u32 {
        *self.calls.borrow()
    }

    /// So many calls are answered.
    pub(crate) fn answer(&self, calls: usize) {
        self.answers.add_permits(calls);
    }
}

/// A caller that was killed takes no answer with it: the permit is spent only when the answer is given.
async fn answer(State(remote): State<Remote>, request: Request) -> Response {
    remote.calls.send_modify(|calls| *calls += 1);
    let permit = remote.answers.acquire().await.expect("it is never closed");
    permit.forget();
    if request.uri().path() == "/refused" {
        return (axum::http::StatusCode::FORBIDDEN, "not for you").into_response();
    }
    ([("content-type", "application/json")], r#"{"charged":true}"#).into_response()
}
