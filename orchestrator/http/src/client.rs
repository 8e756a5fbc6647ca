//! The client: one request within the time that a task has, to an address that the guard permits.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode, redirect};
use url::Url;
use vault::Secret;

use crate::connection::Connection;
use crate::exchange::Witness;
use crate::failure::Failure;
use crate::guard::{Forbidden, Guard, GuardedResolver};
use crate::invocation::Invocation;
use crate::merge::{Merged, merge, secret};
use crate::oauth::{Token, Tokens};
use crate::{response, tls};

/// An idle connection is given up after so long.
const IDLE_MAX: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub struct Options {
    pub guard: Guard,
    /// For the whole call, its token included. AWS: 60 s.
    pub timeout: Duration,
    /// Certificates in PEM that are trusted besides the machine's.
    pub certificates: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { guard: Guard::default(), timeout: Duration::from_mins(1), certificates: None }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the certificates can't be used: {0}")]
    Certificates(String),
    #[error("the HTTP client can't be made")]
    Client(#[from] reqwest::Error),
}

/// A connection that was opened for a call. `version` changes when the connection does: its tokens are kept under it.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    pub connection: &'a Connection,
    pub version: &'a str,
}

/// What is asked for, and in whose name.
#[derive(Debug)]
struct Call<'a> {
    invocation: &'a Invocation,
    credentials: Option<Credentials<'a>>,
    agent: &'a str,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sender: Sender,
    tokens: Tokens,
    timeout: Duration,
}

/// Sends one request to wherever the guard permits.
#[derive(Debug)]
pub(crate) struct Sender {
    http: reqwest::Client,
    guard: Arc<Guard>,
}

impl Client {
    pub fn new(options: Options) -> Result<Self, SetupError> {
        let Options { guard, timeout, certificates } = options;
        let tls = tls::config(certificates.as_deref()).map_err(SetupError::Certificates)?;
        let guard = Arc::new(guard);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(GuardedResolver(Arc::clone(&guard)))
            // Another place than the one that the definition names: it would get the credentials.
            .redirect(redirect::Policy::none())
            // A proxy would resolve names by itself.
            .no_proxy()
            // A request that may have arrived is the definition's to repeat.
            .retry(reqwest::retry::never())
            .pool_idle_timeout(IDLE_MAX)
            .build()?;
        let sender = Sender { http, guard };
        Ok(Self(Arc::new(Inner { sender, tokens: Tokens::default(), timeout })))
    }

    /// The task's result as JSON, or how it failed. `agent` is the call's `User-Agent`.
    pub async fn invoke(
        &self,
        invocation: &Invocation,
        credentials: Option<Credentials<'_>>,
        agent: &str,
    ) -> Result<String, Failure> {
        self.in_time(&Call { invocation, credentials, agent }, None).await
    }

    /// As `invoke`, before a witness.
    pub async fn inspect(
        &self,
        invocation: &Invocation,
        credentials: Option<Credentials<'_>>,
        agent: &str,
        witness: &mut Witness,
    ) -> Result<String, Failure> {
        self.in_time(&Call { invocation, credentials, agent }, Some(witness)).await
    }

    async fn in_time(
        &self,
        call: &Call<'_>,
        witness: Option<&mut Witness>,
    ) -> Result<String, Failure> {
        let timeout = self.0.timeout;
        match tokio::time::timeout(timeout, Box::pin(self.make(call, witness))).await {
            Ok(result) => result,
            Err(_) => Err(Failure::socket(&format!("No whole answer came within {timeout:?}"))),
        }
    }

    async fn make(
        &self,
        call: &Call<'_>,
        mut witness: Option<&mut Witness>,
    ) -> Result<String, Failure> {
        let Inner { sender, .. } = &*self.0;
        let Call { invocation, credentials, agent } = *call;
        sender.guard.check(&invocation.endpoint)?;
        let merged = merge(invocation, credentials.map(|it| it.connection), agent)?;
        let token = self.token(credentials, None).await?;
        let response = sender.send_merged(call, &merged, token.as_ref(), &mut witness).await?;
        // A token may have been revoked before it lapsed.
        if response.status() == StatusCode::UNAUTHORIZED && token.is_some() {
            let token = self.token(credentials, token.as_ref()).await?;
            let response = sender.send_merged(call, &merged, token.as_ref(), &mut witness).await?;
            return response::read(response, witness).await;
        }
        response::read(response, witness).await
    }

    async fn token(
        &self,
        credentials: Option<Credentials<'_>>,
        stale: Option<&Token>,
    ) -> Result<Option<Token>, Failure> {
        let Inner { sender, tokens, .. } = &*self.0;
        let Some(Credentials { connection, version }) = credentials else { return Ok(None) };
        match &connection.parameters().oauth_parameters {
            Some(oauth) => tokens.token(sender, version, oauth, stale).await.map(Some),
            None => Ok(None),
        }
    }
}

fn authorization(
    credentials: Option<Credentials<'_>>,
    token: Option<&Token>,
) -> Option<(HeaderName, HeaderValue)> {
    if let Some(token) = token {
        return Some((AUTHORIZATION, token.header()));
    }
    let parameters = credentials?.connection.parameters();
    if let Some(basic_parameters) = &parameters.basic_auth_parameters {
        let password = basic_parameters.password.as_ref().map_or("", Secret::expose);
        return Some((AUTHORIZATION, basic(&basic_parameters.username, password)));
    }
    let api_key = parameters.api_key_auth_parameters.as_ref()?;
    let name = HeaderName::from_bytes(api_key.api_key_name.as_bytes()).ok()?;
    Some((name, secret(api_key.api_key_value.as_ref()?.expose())))
}

pub(crate) fn basic(user: &str, password: &str) -> HeaderValue {
    secret(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

impl Sender {
    async fn send_merged(
        &self,
        call: &Call<'_>,
        merged: &Merged,
        token: Option<&Token>,
        witness: &mut Option<&mut Witness>,
    ) -> Result<Response, Failure> {
        let authorization = authorization(call.credentials, token);
        if let Some(witness) = witness {
            witness.sends(call.invocation, merged, authorization.as_ref(), call.agent);
        }
        let mut headers = merged.headers.clone();
        if let Some((name, value)) = authorization {
            headers.insert(name, value);
        }
        let method = call.invocation.method.clone();
        self.send(method, merged.url.clone(), headers, merged.body.clone()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<String>,
    ) -> Result<Response, Failure> {
        self.guard.check(&url)?;
        let mut request = self.http.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        request.send().await.map_err(broken)
    }
}

/// Why there was no answer: what the guard said, or the cause at the bottom. Never with the URL, whose query may hold secrets.
pub(crate) fn broken(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    loop {
        if let Some(forbidden) = cause.downcast_ref::<Forbidden>() {
            return Failure::forbidden(&forbidden.to_string());
        }
        match cause.source() {
            Some(source) => cause = source,
            None => break,
        }
    }
    let stage = if error.is_connect() { "No connection" } else { "The connection broke" };
    Failure::socket(&format!("{stage}: {cause}"))
}
