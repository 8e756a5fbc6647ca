//! Calls to a server: one connection, a deadline on every call, and refusals turned into sentences.

use std::future::Future;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use everstep_proto::v1::activities_client::ActivitiesClient;
use everstep_proto::v1::connections_client::ConnectionsClient;
use everstep_proto::v1::executions_client::ExecutionsClient;
use everstep_proto::v1::map_runs_client::MapRunsClient;
use everstep_proto::v1::namespaces_client::NamespacesClient;
use everstep_proto::v1::state_machines_client::StateMachinesClient;
use everstep_proto::v1::tags_client::TagsClient;
use everstep_proto::v1::versions_client::VersionsClient;
use everstep_proto::v1::{
    DescribeStateMachineForExecutionRequest, DescribeStateMachineRequest, StateMachine,
};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt as _;

use crate::cli::ClientSettings;
use crate::error::{CommandError, Remedy};

/// What a server may answer at most, in bytes: a page of 1,000 events with payloads of 256 KiB each.
const ANSWER_BYTES_MAX: usize = 512 * 1024 * 1024;

/// All items of a list. `page`: those after a token, and the token of those that follow; there is none before the first and after the last.
pub(crate) async fn every_page<T>(
    page: impl AsyncFn(String) -> Result<(Vec<T>, String), CommandError>,
) -> Result<Vec<T>, CommandError> {
    let mut items = Vec::new();
    let mut token = String::new();
    loop {
        let (found, next) = page(token).await?;
        items.extend(found);
        if next.is_empty() {
            return Ok(items);
        }
        token = next;
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    channel: Channel,
    address: String,
    timeout: Duration,
    authorization: Option<MetadataValue<Ascii>>,
    pub(crate) namespace: String,
}

impl Client {
    /// Does not connect yet: the first call does.
    pub(crate) fn new(settings: &ClientSettings) -> Result<Self, CommandError> {
        let wrong = |why: String| {
            CommandError::usage(format!(
                "the server's address `{}` is wrong: {why}; write it as http://HOST:PORT",
                settings.address
            ))
        };
        if !settings.address.starts_with("http://") {
            return Err(wrong("it does not begin with http://".to_owned()));
        }
        let endpoint = Endpoint::from_shared(settings.address.clone())
            .map_err(|error| wrong(error.to_string()))?
            .connect_timeout(settings.timeout)
            .http2_keep_alive_interval(Duration::from_secs(20));
        Ok(Self {
            channel: endpoint.connect_lazy(),
            address: settings.address.clone(),
            timeout: settings.timeout,
            authorization: authorization(settings),
            namespace: settings.namespace.clone(),
        })
    }

    pub(crate) fn executions(&self) -> ExecutionsClient<Channel> {
        ExecutionsClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }
    pub(crate) fn machines(&self) -> StateMachinesClient<Channel> {
        StateMachinesClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }
    pub(crate) fn namespaces(&self) -> NamespacesClient<Channel> {
        NamespacesClient::new(self.channel.clone())
    }
    pub(crate) fn connections(&self) -> ConnectionsClient<Channel> {
        ConnectionsClient::new(self.channel.clone())
    }
    pub(crate) fn map_runs(&self) -> MapRunsClient<Channel> {
        MapRunsClient::new(self.channel.clone())
    }
    pub(crate) fn versions(&self) -> VersionsClient<Channel> {
        VersionsClient::new(self.channel.clone())
    }
    pub(crate) fn activities(&self) -> ActivitiesClient<Channel> {
        ActivitiesClient::new(self.channel.clone())
    }
    pub(crate) fn tags(&self) -> TagsClient<Channel> {
        TagsClient::new(self.channel.clone())
    }
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// A request with the deadline of `--timeout`.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        self.request_within(message, self.timeout)
    }

    /// A request that itself waits for something.
    pub(crate) fn request_within<T>(&self, message: T, deadline: Duration) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(deadline);
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }

    /// Awaits an answer and turns a refusal into a sentence.
    pub(crate) async fn call<T>(
        &self,
        answer: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, CommandError> {
        answer.await.map(Response::into_inner).map_err(|status| self.refusal(&status))
    }

    pub(crate) fn refusal(&self, status: &Status) -> CommandError {
        let Self { address, timeout, .. } = self;
        let reason = status.get_details_error_info().map(|info| info.reason);
        // A connection that broke under a call is reported as unknown, with the transport's error as its source.
        let broken = status.code() == Code::Unknown && std::error::Error::source(status).is_some();
        let code = if broken { Code::Unavailable } else { status.code() };
        let message = if code == Code::Unavailable && reason.is_none() {
            format!(
                "no server answers at {address} ({}); start one with `everstep dev`, or name another by --address",
                innermost(status)
            )
        } else if matches!(code, Code::DeadlineExceeded | Code::Cancelled) {
            format!(
                "the server at {address} did not answer within {timeout:?}; try again, or raise --timeout"
            )
        } else {
            sentence(status, reason.as_deref())
        };
        CommandError { remedy: remedy(code), message, reason }
    }

    pub(crate) async fn describe_machine(&self, name: &str) -> Result<StateMachine, CommandError> {
        let request = DescribeStateMachineRequest {
            namespace: self.namespace.clone(),
            state_machine: name.to_owned(),
        };
        self.call(self.machines().describe_state_machine(self.request(request))).await
    }

    /// The machine as the execution began with it.
    pub(crate) async fn describe_machine_of(
        &self,
        execution: &str,
    ) -> Result<StateMachine, CommandError> {
        let request = DescribeStateMachineForExecutionRequest {
            namespace: self.namespace.clone(),
            execution: execution.to_owned(),
        };
        let request = self.request(request);
        self.call(self.machines().describe_state_machine_for_execution(request)).await
    }

    /// The ARN of an execution that is given as an ARN or as `MACHINE/NAME`.
    pub(crate) async fn execution_arn(&self, given: &str) -> Result<String, CommandError> {
        if given.starts_with("arn:") {
            return Ok(given.to_owned());
        }
        let Some((machine, name)) = given.split_once('/') else {
            return Err(CommandError::usage(format!(
                "`{given}` names no execution; write its ARN, or MACHINE/NAME"
            )));
        };
        let machine = self.describe_machine(machine).await?;
        Ok(format!(
            "{}:{name}",
            machine.state_machine_arn.replacen(":stateMachine:", ":execution:", 1)
        ))
    }
}

fn remedy(code: Code) -> Remedy {
    match code {
        Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Cancelled => {
            Remedy::Unavailable
        }
        Code::Internal | Code::Unknown | Code::DataLoss => Remedy::Internal,
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::Unauthenticated => Remedy::Refused,
    }
}

/// The access key, if there is one, as the server reads it: HTTP's scheme Basic.
fn authorization(settings: &ClientSettings) -> Option<MetadataValue<Ascii>> {
    let id = settings.access_key_id.as_ref().filter(|id| !id.is_empty())?;
    let secret = settings.secret_access_key.as_ref()?.expose();
    let text = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let mut value: MetadataValue<Ascii> = text.parse().expect("base64 is ASCII");
    value.set_sensitive(true);
    Some(value)
}

/// The server's message, its reason, and what each field violates.
fn sentence(status: &Status, reason: Option<&str>) -> String {
    let mut text = status.message().to_owned();
    if let Some(reason) = reason.filter(|reason| !text.contains(reason)) {
        text = format!("{text} ({reason})");
    }
    let violations = status.get_details_bad_request().map(|request| request.field_violations);
    for violation in violations.unwrap_or_default() {
        // One that the message has told already only names the field.
        if !status.message().contains(&violation.description) {
            text = format!("{text}\n  {}: {}", violation.field, violation.description);
        }
    }
    if let Some(advice) = reason.and_then(advice) {
        text = format!("{text}; {advice}");
    }
    if let Some(delay) = status.get_details_retry_info().and_then(|info| info.retry_delay) {
        text = format!("{text}; try again in {delay:?}");
    }
    text
}

/// What to do about a refusal, where the server's message, which is AWS's, does not say it.
fn advice(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "StateMachineDoesNotExist" => "`everstep machines` lists those there are",
        "ExecutionDoesNotExist" => "`everstep list` lists those there are",
        "NamespaceDoesNotExist" => "`everstep namespace list` lists those there are",
        "ResourceNotFound" => "`everstep map-runs list EXECUTION` lists an execution's map runs",
        "StateMachineAlreadyExists" => "`everstep update` changes it",
        "ExecutionAlreadyExists" => "give another --name, or none",
        "MissingAuthenticationTokenException" => {
            "give --access-key-id and EVERSTEP_SECRET_ACCESS_KEY; `everstep keys create` makes a key"
        }
        "UnrecognizedClientException" => "`everstep keys list` shows which keys there are",
        _ => return None,
    })
}

/// The cause at the bottom: "transport error" alone tells nobody anything.
fn innermost(status: &Status) -> String {
    let mut cause: &dyn std::error::Error = status;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text = cause.to_string();
    if text.is_empty() { status.message().to_owned() } else { text }
}
