//! The stream to the server: opened, lost, opened again. It knows nothing of tasks.

use std::pin::Pin;
use std::time::Duration;

use everstep_proto::v1::tasks_client::TasksClient;
use everstep_proto::v1::work_request::Subscription;
use everstep_proto::v1::{WorkRequest, WorkResponse};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Endpoint;
use tonic::{Code, Request, Status, Streaming};

use crate::error::WorkerError;
use crate::reconnect::Reconnect;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A server that is paused or cut off is noticed within the sum of the two.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(5);
/// Room for several of the largest payloads (262,144 bytes) on their way at once.
const WINDOW_BYTES: u32 = 4 << 20;
/// One answer carries as many tasks as there are credits: bounded by the slots, not by tonic's default of 4 MiB.
const ANSWER_BYTES_MAX: usize = 1 << 30;
/// One message may wait while the connection writes another: what becomes ready meanwhile goes into the next one.
const OUTBOUND_MESSAGES: usize = 1;
/// How long the server may take to read what was sent before the end of the stream.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// A session that lived so long was a good one: the next try comes fast.
const GOOD_SESSION: Duration = Duration::from_secs(5);

pub(crate) struct Link {
    endpoint: Endpoint,
    hello: Hello,
    reconnect: Reconnect,
    /// A server has spoken to this worker: from now on no refusal is taken for a fault of its settings.
    served_once: bool,
    state: State,
}

/// What a stream begins with.
#[derive(Clone)]
pub(crate) struct Hello {
    pub(crate) subscription: Subscription,
    /// Where the server asks for access keys.
    pub(crate) authorization: Option<MetadataValue<Ascii>>,
}

enum State {
    Waiting(Pin<Box<Sleep>>),
    Opening(Pin<Box<dyn Future<Output = Result<Box<Session>, Status>> + Send>>),
    Open(Box<Session>),
}

struct Session {
    outbound: mpsc::Sender<WorkRequest>,
    inbound: Streaming<WorkResponse>,
    since: Instant,
}

pub(crate) enum LinkEvent {
    Opened,
    /// There is room for a message.
    Room,
    Message(WorkResponse),
    Lost(Status),
    /// Trying again would not help.
    Refused(Status),
}

pub(crate) fn endpoint(address: &str) -> Result<Endpoint, WorkerError> {
    let unusable = |reason: String| WorkerError::Address { address: address.to_owned(), reason };
    let endpoint =
        Endpoint::from_shared(address.to_owned()).map_err(|error| unusable(error.to_string()))?;
    if endpoint.uri().scheme().is_none() || endpoint.uri().host().is_none() {
        return Err(unusable("it names no scheme or no host".to_owned()));
    }
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES))
}

impl Link {
    pub(crate) fn new(endpoint: Endpoint, hello: Hello) -> Self {
        let opening = State::Opening(Box::pin(open(endpoint.clone(), hello.clone())));
        let reconnect = Reconnect::new();
        Self { endpoint, hello, reconnect, served_once: false, state: opening }
    }

    /// What happens next. Cancel-safe. `Room` is told only if there is something `to_send`.
    pub(crate) async fn next(&mut self, to_send: bool) -> LinkEvent {
        loop {
            match &mut self.state {
                State::Waiting(delay) => {
                    delay.as_mut().await;
                    let opening = open(self.endpoint.clone(), self.hello.clone());
                    self.state = State::Opening(Box::pin(opening));
                }
                State::Opening(opening) => match opening.as_mut().await {
                    Ok(session) => {
                        self.state = State::Open(session);
                        return LinkEvent::Opened;
                    }
                    Err(status) => return self.lose(status),
                },
                State::Open(session) => {
                    let event = session.next(to_send).await;
                    return self.note(event);
                }
            }
        }
    }

    fn note(&mut self, event: Result<LinkEvent, Status>) -> LinkEvent {
        match event {
            Ok(LinkEvent::Message(message)) => {
                self.served_once = true;
                self.reconnect.reset();
                LinkEvent::Message(message)
            }
            Ok(event) => event,
            Err(status) => self.lose(status),
        }
    }

    /// Only after `Room`: so the channel has a place.
    pub(crate) fn send(&mut self, message: WorkRequest) {
        let State::Open(session) = &mut self.state else {
            panic!("a message is sent only after `Room`, and `Room` is told of an open session");
        };
        // A stream that broke in between is seen by the next call of `next`; what was sent is then sent again.
        let _ = session.outbound.try_send(message);
    }

    /// Ends the stream in order: the server reads what was sent, then ends its side.
    pub(crate) async fn close(self) {
        let State::Open(session) = self.state else { return };
        let Session { outbound, mut inbound, since: _ } = *session;
        drop(outbound);
        let ended = async { while let Ok(Some(_)) = inbound.message().await {} };
        // A server that is gone has read what it could.
        let _ = timeout(CLOSE_TIMEOUT, ended).await;
    }

    fn lose(&mut self, status: Status) -> LinkEvent {
        let lived = match &self.state {
            State::Open(session) => session.since.elapsed(),
            State::Waiting(_) | State::Opening(_) => Duration::ZERO,
        };
        if lived >= GOOD_SESSION {
            self.reconnect.reset();
        }
        self.state = State::Waiting(Box::pin(sleep(self.reconnect.next_delay())));
        if !self.served_once && is_final(status.code()) {
            return LinkEvent::Refused(status);
        }
        LinkEvent::Lost(status)
    }
}

impl Session {
    async fn next(&mut self, to_send: bool) -> Result<LinkEvent, Status> {
        tokio::select! {
            biased;
            message = self.inbound.message() => match message? {
                Some(message) => Ok(LinkEvent::Message(message)),
                None => Err(Status::unavailable("the server ended the stream")),
            },
            Ok(_) = self.outbound.reserve(), if to_send => Ok(LinkEvent::Room),
        }
    }
}

async fn open(endpoint: Endpoint, hello: Hello) -> Result<Box<Session>, Status> {
    let Hello { subscription, authorization } = hello;
    let channel = endpoint.connect().await.map_err(|error| Status::unavailable(chain(&error)))?;
    let mut client = TasksClient::new(channel).max_decoding_message_size(ANSWER_BYTES_MAX);
    let (outbound, messages) = mpsc::channel(OUTBOUND_MESSAGES);
    let first = WorkRequest { subscribe: Some(subscription), ..WorkRequest::default() };
    outbound.try_send(first).expect("the channel is fresh and has a place");
    let mut request = Request::new(ReceiverStream::new(messages));
    if let Some(authorization) = authorization {
        request.metadata_mut().insert("authorization", authorization);
    }
    let inbound = client.work(request).await?.into_inner();
    Ok(Box::new(Session { outbound, inbound, since: Instant::now() }))
}

/// A refusal that the same worker would meet again.
fn is_final(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::Unimplemented
    )
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
