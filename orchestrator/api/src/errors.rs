//! Refusals: AWS's error name, its text, and what the client can do about it. The faces put them on the wire.

use std::time::Duration;

use asl::resource::{NAME_LENGTH_MAX, ResourceError};
use engine::EngineError;
use execution::Status;

use crate::arn::ArnError;
use crate::token::InvalidTaskToken;

/// AWS's error names, and a few of ours for what Step Functions does not have (namespaces, connections).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    InvalidArn,
    InvalidName,
    InvalidDefinition,
    InvalidExecutionInput,
    InvalidOutput,
    InvalidToken,
    MissingRequiredParameter,
    ValidationException,
    InvalidLoggingConfiguration,
    InvalidTracingConfiguration,
    InvalidEncryptionConfiguration,
    StateMachineDoesNotExist,
    ExecutionDoesNotExist,
    NamespaceDoesNotExist,
    ConnectionDoesNotExist,
    ResourceNotFound,
    TaskDoesNotExist,
    ActivityDoesNotExist,
    TaskTimedOut,
    StateMachineAlreadyExists,
    ExecutionAlreadyExists,
    NamespaceAlreadyExists,
    ConnectionAlreadyExists,
    ActivityAlreadyExists,
    ConflictException,
    TooManyTags,
    StateMachineLimitExceeded,
    ActivityLimitExceeded,
    ActivityWorkerLimitExceeded,
    ExecutionLimitExceeded,
    ServiceQuotaExceededException,
    StateMachineDeleting,
    ExecutionNotRedrivable,
    StateMachineTypeNotSupported,
    MissingAuthenticationTokenException,
    IncompleteSignatureException,
    InvalidSignatureException,
    UnrecognizedClientException,
    AccessDeniedException,
    SerializationException,
    UnknownOperationException,
    RequestEntityTooLargeException,
    ServiceUnavailable,
    ThrottlingException,
    InternalServerError,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidArn => "InvalidArn",
            Self::InvalidName => "InvalidName",
            Self::InvalidDefinition => "InvalidDefinition",
            Self::InvalidExecutionInput => "InvalidExecutionInput",
            Self::InvalidOutput => "InvalidOutput",
            Self::InvalidToken => "InvalidToken",
            Self::MissingRequiredParameter => "MissingRequiredParameter",
            Self::ValidationException => "ValidationException",
            Self::InvalidLoggingConfiguration => "InvalidLoggingConfiguration",
            Self::InvalidTracingConfiguration => "InvalidTracingConfiguration",
            Self::InvalidEncryptionConfiguration => "InvalidEncryptionConfiguration",
            Self::StateMachineDoesNotExist => "StateMachineDoesNotExist",
            Self::ExecutionDoesNotExist => "ExecutionDoesNotExist",
            Self::NamespaceDoesNotExist => "NamespaceDoesNotExist",
            Self::ConnectionDoesNotExist => "ConnectionDoesNotExist",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::TaskDoesNotExist => "TaskDoesNotExist",
            Self::ActivityDoesNotExist => "ActivityDoesNotExist",
            Self::TaskTimedOut => "TaskTimedOut",
            Self::StateMachineAlreadyExists => "StateMachineAlreadyExists",
            Self::ExecutionAlreadyExists => "ExecutionAlreadyExists",
            Self::NamespaceAlreadyExists => "NamespaceAlreadyExists",
            Self::ConnectionAlreadyExists => "ConnectionAlreadyExists",
            Self::ActivityAlreadyExists => "ActivityAlreadyExists",
            Self::ConflictException => "ConflictException",
            Self::TooManyTags => "TooManyTags",
            Self::StateMachineLimitExceeded => "StateMachineLimitExceeded",
            Self::ActivityLimitExceeded => "ActivityLimitExceeded",
            Self::ActivityWorkerLimitExceeded => "ActivityWorkerLimitExceeded",
            Self::ExecutionLimitExceeded => "ExecutionLimitExceeded",
            Self::ServiceQuotaExceededException => "ServiceQuotaExceededException",
            Self::StateMachineDeleting => "StateMachineDeleting",
            Self::ExecutionNotRedrivable => "ExecutionNotRedrivable",
            Self::StateMachineTypeNotSupported => "StateMachineTypeNotSupported",
            Self::MissingAuthenticationTokenException => "MissingAuthenticationTokenException",
            Self::IncompleteSignatureException => "IncompleteSignatureException",
            Self::InvalidSignatureException => "InvalidSignatureException",
            Self::UnrecognizedClientException => "UnrecognizedClientException",
            Self::AccessDeniedException => "AccessDeniedException",
            Self::SerializationException => "SerializationException",
            Self::UnknownOperationException => "UnknownOperationException",
            Self::RequestEntityTooLargeException => "RequestEntityTooLargeException",
            Self::ServiceUnavailable => "ServiceUnavailable",
            Self::ThrottlingException => "ThrottlingException",
            Self::InternalServerError => "InternalServerError",
        }
    }
}

/// One field that is wrong, by its name in the `.proto` (or, for definitions, its place in the document).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub field: String,
    pub description: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", reason.name())]
pub struct Refusal {
    pub reason: Reason,
    pub message: String,
    pub violations: Vec<Violation>,
    /// Trying again helps, after so long.
    pub retry_after: Option<Duration>,
    /// What AWS's error has besides its message: `resourceName`, `reason`.
    pub members: Vec<(&'static str, String)>,
}

impl Refusal {
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            violations: Vec::new(),
            retry_after: None,
            members: Vec::new(),
        }
    }

    pub fn unavailable(why: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(Reason::ServiceUnavailable, why) }
    }

    /// In the field `field`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        let violation = Violation { field: field.into(), description: self.message.clone() };
        self.violations.push(violation);
        self
    }

    /// In the field `field`, where more is to be said than AWS's text does.
    #[must_use]
    pub fn because(mut self, field: impl Into<String>, why: &dyn std::fmt::Display) -> Self {
        self.violations.push(Violation { field: field.into(), description: why.to_string() });
        self
    }

    /// With a member of the error besides its message.
    #[must_use]
    pub fn with(mut self, member: &'static str, text: impl Into<String>) -> Self {
        self.members.push((member, text.into()));
        self
    }

    pub fn name(field: &'static str, name: &str, why: &ResourceError) -> Self {
        let description = match why {
            ResourceError::NameTooLong(found) => {
                format!("a name has at most {NAME_LENGTH_MAX} characters, this one has {found}")
            }
            ResourceError::NameCharacter(found) => format!("a name cannot contain {found:?}"),
            ResourceError::Empty | ResourceError::Arn => why.to_string(),
        };
        let violations = vec![Violation { field: field.to_owned(), description }];
        Self { violations, ..Self::new(Reason::InvalidName, format!("Invalid Name: '{name}'")) }
    }

    pub fn arn(field: &'static str, error: &ArnError) -> Self {
        Self::new(Reason::InvalidArn, format!("Invalid Arn: '{error}'")).at(field)
    }

    pub fn next_token() -> Self {
        Self::new(Reason::InvalidToken, "Invalid Token: 'Invalid token'").at("next_token")
    }

    pub fn machine_unknown(arn: &str) -> Self {
        let message = format!("State Machine Does Not Exist: '{arn}'");
        Self::new(Reason::StateMachineDoesNotExist, message)
    }

    pub fn execution_unknown(arn: &str) -> Self {
        let message = format!("Execution Does Not Exist: '{arn}'");
        Self::new(Reason::ExecutionDoesNotExist, message)
    }

    /// In the words of AWS's `redriveStatusReason`.
    pub fn not_redrivable(status: &str) -> Self {
        Self::new(Reason::ExecutionNotRedrivable, not_redrivable(status))
    }

    /// As many state machines as the namespace may have: in the words of AWS's reference, as the next four.
    pub fn too_many_machines() -> Self {
        let message = "The maximum number of state machines has been reached. Existing state machines must be \
                       deleted before a new state machine can be created.";
        Self::new(Reason::StateMachineLimitExceeded, message)
    }

    pub fn too_many_activities() -> Self {
        let message = "The maximum number of activities has been reached. Existing activities must be deleted \
                       before a new activity can be created.";
        Self::new(Reason::ActivityLimitExceeded, message)
    }

    pub fn too_many_pollers() -> Self {
        let message = "The maximum number of workers concurrently polling for activity tasks has been reached.";
        Self::new(Reason::ActivityWorkerLimitExceeded, message)
    }

    pub fn too_many_executions() -> Self {
        let message = "The maximum number of running executions has been reached. Running executions must end or be \
                       stopped before a new execution can be started.";
        Self::new(Reason::ExecutionLimitExceeded, message)
    }

    /// Of versions and aliases.
    pub fn quota_exceeded() -> Self {
        let message = "The request would cause a service quota to be exceeded.";
        Self::new(Reason::ServiceQuotaExceededException, message)
    }

    /// An access key that is unknown, revoked, or presented with another secret: which of them is nobody's to know.
    pub fn unrecognized() -> Self {
        let message = "The security token included in the request is invalid.";
        Self::new(Reason::UnrecognizedClientException, message)
    }

    pub fn unauthenticated() -> Self {
        Self::new(Reason::MissingAuthenticationTokenException, "Missing Authentication Token")
    }

    /// What a worker hears whose outcome, heartbeat or acknowledgement came too late.
    pub fn task_over() -> Self {
        let message = "Task Timed Out: 'Provided task does not exist anymore'";
        Self::new(Reason::TaskTimedOut, message)
    }

    /// Of a call about the execution `arn`.
    pub fn of_execution(arn: &str, error: EngineError) -> Self {
        match error {
            EngineError::UnknownExecution => Self::execution_unknown(arn),
            EngineError::ExecutionAlreadyExists { .. } => Self::new(
                Reason::ExecutionAlreadyExists,
                format!("Execution Already Exists: '{arn}'"),
            ),
            EngineError::Unavailable { .. }
            | EngineError::Exhausted { .. }
            | EngineError::ExecutionEnded
            | EngineError::TaskOver
            | EngineError::NotRedrivable { .. }
            | EngineError::HistoryFull
            | EngineError::TooManyOpen
            | EngineError::Refused { .. } => Self::from(error),
        }
    }
}

impl From<EngineError> for Refusal {
    /// Of a call about a task, or about nothing in particular.
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        match error {
            EngineError::Unavailable { retry_after, .. } => Self::unavailable(message, retry_after),
            EngineError::Exhausted { retry_after, .. } => Self {
                retry_after: Some(retry_after),
                ..Self::new(Reason::ThrottlingException, message)
            },
            EngineError::UnknownExecution => Self::new(
                Reason::TaskDoesNotExist,
                "Task Does Not Exist: 'Provided task does not exist'",
            ),
            EngineError::ExecutionEnded | EngineError::TaskOver => Self::task_over(),
            EngineError::ExecutionAlreadyExists { .. } => {
                Self::new(Reason::ExecutionAlreadyExists, message)
            }
            EngineError::NotRedrivable { status } => Self::not_redrivable(status_name(status)),
            EngineError::HistoryFull => Self::new(Reason::ExecutionNotRedrivable, HISTORY_FULL),
            EngineError::TooManyOpen => Self::too_many_executions(),
            EngineError::Refused { .. } => Self::new(Reason::InternalServerError, message),
        }
    }
}

/// AWS's reason why an execution can't be redriven whose history has no room for more.
pub(crate) const HISTORY_FULL: &str = "Execution history event limit exceeded";

/// Why an execution that is `status` can't be redriven.
pub(crate) fn not_redrivable(status: &str) -> String {
    format!("Execution is {status} and cannot be redriven")
}

fn status_name(status: Status) -> &'static str {
    match status {
        Status::Running => "RUNNING",
        Status::Succeeded => "SUCCEEDED",
        Status::Failed => "FAILED",
        Status::TimedOut => "TIMED_OUT",
        Status::Aborted => "ABORTED",
    }
}

impl From<InvalidTaskToken> for Refusal {
    fn from(error: InvalidTaskToken) -> Self {
        Self::new(Reason::InvalidToken, format!("Invalid Token: '{error}'"))
    }
}
