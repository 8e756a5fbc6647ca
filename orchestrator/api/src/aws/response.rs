//! Answers and refusals as HTTP: AWS's status, headers and error body.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::stream;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::CONTENT_TYPE;
use crate::errors::{Reason, Refusal};
use crate::operations::ActivityTask;

const REQUEST_ID: &str = "x-amzn-requestid";
const ERROR_TYPE: &str = "x-amzn-errortype";

pub(super) fn document(request_id: Uuid, document: &Value) -> Response<Body> {
    response(StatusCode::OK, request_id, Body::from(document.to_string()))
}

/// The task is the worker's once its connection has taken the answer: a body that nobody reads is dropped, and the hand-out
/// with it, which is then offered again.
pub(super) fn task(request_id: Uuid, task: ActivityTask) -> Response<Body> {
    let document = Map::from_iter([
        ("taskToken".to_owned(), Value::from(task.token)),
        ("input".to_owned(), Value::from(task.input)),
    ]);
    let text = Value::Object(document).to_string();
    let length = text.len();
    let hold = task.hold;
    let written = stream::once(async move {
        hold.close();
        Ok::<_, std::convert::Infallible>(Bytes::from(text))
    });
    let mut response = response(StatusCode::OK, request_id, Body::from_stream(written));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

pub(super) fn refusal(request_id: Uuid, refusal: &Refusal) -> Response<Body> {
    let name = name(refusal.reason);
    tracing::debug!(reason = name, %request_id, "refused");
    let mut body = Map::new();
    body.insert("__type".to_owned(), name.into());
    body.insert("message".to_owned(), refusal.message.clone().into());
    body.extend(
        refusal.members.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into())),
    );
    let body = Body::from(Value::Object(body).to_string());
    let mut response = response(status(refusal.reason), request_id, body);
    response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(name));
    if let Some(after) = refusal.retry_after.filter(|_| response.status().is_server_error()) {
        let seconds = after.max(Duration::from_secs(1)).as_secs();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn response(status: StatusCode, request_id: Uuid, body: Body) -> Response<Body> {
    let request_id = HeaderValue::from_str(&request_id.to_string()).expect("hexadecimal digits");
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    response.headers_mut().insert(REQUEST_ID, request_id);
    response
}

/// AWS calls a fault of the service `InternalFailure`.
fn name(reason: Reason) -> &'static str {
    if reason == Reason::InternalServerError { "InternalFailure" } else { reason.name() }
}

fn status(reason: Reason) -> StatusCode {
    match reason {
        Reason::InvalidArn
        | Reason::InvalidName
        | Reason::InvalidDefinition
        | Reason::InvalidExecutionInput
        | Reason::InvalidOutput
        | Reason::InvalidToken
        | Reason::MissingRequiredParameter
        | Reason::ValidationException
        | Reason::SerializationException
        | Reason::UnknownOperationException
        | Reason::InvalidLoggingConfiguration
        | Reason::InvalidTracingConfiguration
        | Reason::InvalidEncryptionConfiguration
        | Reason::StateMachineDoesNotExist
        | Reason::ExecutionDoesNotExist
        | Reason::NamespaceDoesNotExist
        | Reason::ConnectionDoesNotExist
        | Reason::TaskDoesNotExist
        | Reason::TaskTimedOut
        | Reason::StateMachineAlreadyExists
        | Reason::ExecutionAlreadyExists
        | Reason::NamespaceAlreadyExists
        | Reason::ConnectionAlreadyExists
        | Reason::StateMachineDeleting
        | Reason::ExecutionNotRedrivable
        | Reason::ResourceNotFound
        | Reason::ActivityDoesNotExist
        | Reason::ActivityAlreadyExists
        | Reason::ConflictException
        | Reason::TooManyTags
        | Reason::StateMachineLimitExceeded
        | Reason::ActivityLimitExceeded
        | Reason::ActivityWorkerLimitExceeded
        | Reason::ExecutionLimitExceeded
        | Reason::StateMachineTypeNotSupported
        | Reason::MissingAuthenticationTokenException
        | Reason::IncompleteSignatureException
        | Reason::InvalidSignatureException
        | Reason::UnrecognizedClientException
        | Reason::AccessDeniedException
        | Reason::ThrottlingException => StatusCode::BAD_REQUEST,
        Reason::ServiceQuotaExceededException => StatusCode::PAYMENT_REQUIRED,
        Reason::RequestEntityTooLargeException => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Reason::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
