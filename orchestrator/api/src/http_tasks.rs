//! HTTP tasks: the worker inside the server that serves the queue `http:invoke` of all namespaces.
//!
//! It takes tasks through the same door as any worker: an attempt is durable before its call goes out, and has one
//! accepted outcome. A call that a crash cut off is made again; so an API may see a call twice, as from any worker.
//! What a test of a state calls (`tested`) goes out by the same client, and is nobody's attempt.

mod call;
mod connected;
mod tested;

use std::collections::HashMap;
use std::sync::Arc;

use engine::task_queue::{ALL_NAMESPACES, HTTP_INVOKE};
use engine::{Engine, HandOut, Outcome, Session, SessionEvent, SessionOptions};
use execution::{ExecutionId, WaitId};
use store::NamespaceId;
use tokio::task::{AbortHandle, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use call::Desk;
pub use connected::ConnectedClient;

/// What a connection's seal is bound to.
pub(crate) fn belongs_to(namespace: NamespaceId, name: &str, public_id: Uuid) -> Vec<u8> {
    format!("connection {namespace} {public_id} {name}").into_bytes()
}

type Token = (ExecutionId, WaitId);

#[derive(Debug)]
pub struct HttpTasks {
    desk: Arc<Desk>,
    calls_max: u32,
}

/// The calls under way.
struct Calls {
    running: JoinSet<()>,
    tokens: HashMap<tokio::task::Id, Token>,
    handles: HashMap<Token, AbortHandle>,
}

impl HttpTasks {
    /// At most `calls_max` calls at once; further tasks wait in their queue.
    pub fn new(engine: Engine, client: ConnectedClient, calls_max: u32) -> Self {
        Self { desk: Arc::new(Desk { engine, client }), calls_max }
    }

    /// Until `stop`; then the calls under way may end. Dropped earlier, they are cut off and made again by whoever comes next.
    pub async fn serve(self, stop: CancellationToken) {
        let options = SessionOptions {
            namespace: ALL_NAMESPACES,
            worker: Some("everstep:http".into()),
            is_silent: false,
        };
        let mut session = self.desk.engine.open_session(options);
        session.grant(HTTP_INVOKE, self.calls_max);
        let mut calls = Calls::default();
        loop {
            tokio::select! {
                event = session.event() => match event {
                    SessionEvent::HandOut(task) => calls.begin(&self.desk, task),
                    SessionEvent::Cancelled(held) => calls.cancel((held.id, held.wait)),
                    SessionEvent::Revoked => break,
                },
                Some(ended) = calls.running.join_next_with_id() => {
                    calls.end(&self.desk, ended);
                    session.grant(HTTP_INVOKE, 1);
                }
                () = stop.cancelled() => break,
            }
        }
        self.leave(session, calls).await;
    }

    /// No more tasks; what was assigned and not begun is offered again when the session is dropped.
    async fn leave(&self, session: Session, mut calls: Calls) {
        drop(session);
        while let Some(ended) = calls.running.join_next_with_id().await {
            calls.end(&self.desk, ended);
        }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self { running: JoinSet::new(), tokens: HashMap::new(), handles: HashMap::new() }
    }
}

impl Calls {
    fn begin(&mut self, desk: &Arc<Desk>, task: HandOut) {
        let token = (task.id, task.wait);
        desk.engine.acknowledge_quietly(task.id, task.wait);
        let desk = Arc::clone(desk);
        let handle = self.running.spawn(async move { desk.serve(task).await });
        self.tokens.insert(handle.id(), token);
        self.handles.insert(token, handle);
    }

    /// The attempt is over: it timed out, or its execution was stopped.
    fn cancel(&mut self, token: Token) {
        if let Some(handle) = self.handles.get(&token) {
            handle.abort();
        }
    }

    fn end(&mut self, desk: &Desk, ended: Result<(tokio::task::Id, ()), JoinError>) {
        let (task, failed) = match ended {
            Ok((task, ())) => (task, None),
            Err(error) => (error.id(), error.is_panic().then(|| error.to_string())),
        };
        let Some(token) = self.tokens.remove(&task) else { return };
        self.handles.remove(&token);
        if let Some(error) = failed {
            // A bug of ours fails this one task, and not silently.
            tracing::error!(error, "an HTTP task's call panicked");
            let outcome = Outcome::Failed(call::bug());
            let (id, wait) = token;
            desk.engine.report_with(id, wait, outcome, drop);
        }
    }
}
