//! Refusals as gRPC statuses: a code, and `google.rpc` details that a machine can read.

use std::collections::HashMap;
use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Response, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::errors::{Reason, Refusal};

/// Of `ErrorInfo`: whose reasons these are.
const DOMAIN: &str = "everstep";

/// HTTP/2 clients refuse header lists above some 8 KiB, and a status travels in them, its details in base64. What does
/// not fit is counted in the text; `ValidateStateMachineDefinition` tells all.
const VIOLATIONS_BYTES_MAX: usize = 2_048;
const MESSAGE_BYTES_MAX: usize = 1_024;

pub(super) fn response<T>(answer: Result<T, Refusal>) -> Result<Response<T>, Status> {
    answer.map(Response::new).map_err(|refusal| status(&refusal))
}

pub(super) fn status(refusal: &Refusal) -> Status {
    tracing::debug!(reason = refusal.reason.name(), message = refusal.message, "refused");
    let mut details = ErrorDetails::new();
    let members = refusal.members.iter().map(|(name, text)| ((*name).to_owned(), text.clone()));
    details.set_error_info(refusal.reason.name(), DOMAIN, members.collect::<HashMap<_, _>>());
    let violations = violations(refusal);
    if !violations.is_empty() {
        details.set_bad_request(violations);
    }
    if refusal.retry_after.is_some() {
        details.set_retry_info(refusal.retry_after);
    }
    Status::with_error_details(code(refusal.reason), message(refusal), details)
}

/// To what still waits when the server stops: another node, or this one in a moment, goes on with it.
pub(super) fn stopping() -> Status {
    status(&Refusal::unavailable("this node is stopping", Duration::from_secs(1)))
}

/// To what still runs when the access key that began it is revoked.
pub(super) fn revoked() -> Status {
    status(&Refusal::unrecognized())
}

/// As it stands inside a response: of one outcome among many.
pub(super) fn result(result: &Result<(), Refusal>) -> tonic_types::pb::Status {
    match result {
        Ok(()) => tonic_types::pb::Status::default(),
        Err(refusal) => tonic_types::pb::Status::decode(status(refusal).details())
            .expect("the details were encoded just now"),
    }
}

fn violations(refusal: &Refusal) -> Vec<FieldViolation> {
    let mut bytes = 0;
    let mut shown = Vec::new();
    for violation in &refusal.violations {
        bytes += violation.field.len() + violation.description.len();
        if bytes > VIOLATIONS_BYTES_MAX && !shown.is_empty() {
            break;
        }
        shown.push(FieldViolation::new(&violation.field, &violation.description));
    }
    shown
}

fn message(refusal: &Refusal) -> String {
    let text = &refusal.message;
    if text.len() <= MESSAGE_BYTES_MAX {
        return text.clone();
    }
    let end = text.floor_char_boundary(MESSAGE_BYTES_MAX);
    format!("{}… ({} violations in all)", &text[..end], refusal.violations.len())
}

fn code(reason: Reason) -> Code {
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
        | Reason::RequestEntityTooLargeException
        | Reason::InvalidLoggingConfiguration
        | Reason::InvalidTracingConfiguration
        | Reason::InvalidEncryptionConfiguration => Code::InvalidArgument,
        Reason::StateMachineDoesNotExist
        | Reason::ExecutionDoesNotExist
        | Reason::NamespaceDoesNotExist
        | Reason::ConnectionDoesNotExist
        | Reason::TaskDoesNotExist
        | Reason::ActivityDoesNotExist
        | Reason::ResourceNotFound => Code::NotFound,
        Reason::TaskTimedOut
        | Reason::StateMachineDeleting
        | Reason::ExecutionNotRedrivable
        | Reason::StateMachineTypeNotSupported
        | Reason::ConflictException
        | Reason::TooManyTags => Code::FailedPrecondition,
        Reason::StateMachineAlreadyExists
        | Reason::ExecutionAlreadyExists
        | Reason::NamespaceAlreadyExists
        | Reason::ConnectionAlreadyExists
        | Reason::ActivityAlreadyExists => Code::AlreadyExists,
        Reason::MissingAuthenticationTokenException
        | Reason::IncompleteSignatureException
        | Reason::InvalidSignatureException
        | Reason::UnrecognizedClientException => Code::Unauthenticated,
        Reason::AccessDeniedException => Code::PermissionDenied,
        Reason::UnknownOperationException => Code::Unimplemented,
        Reason::ServiceUnavailable => Code::Unavailable,
        Reason::StateMachineLimitExceeded
        | Reason::ActivityLimitExceeded
        | Reason::ActivityWorkerLimitExceeded
        | Reason::ExecutionLimitExceeded
        | Reason::ServiceQuotaExceededException
        | Reason::ThrottlingException => Code::ResourceExhausted,
        Reason::InternalServerError => Code::Internal,
    }
}
