//! Errors that evaluation raises, by the specification's names.

use std::borrow::Cow;

/// A state's evaluation failed: `error` is an ASL error name, `cause` is AWS's text.
///
/// AWS puts "An error occurred while executing the state '…' (entered at the event id #…). " before the
/// cause of every such error, and the execution floor adds it; only [`names::DATA_LIMIT_EXCEEDED`] stands
/// without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct EvalError {
    pub error: Cow<'static, str>,
    pub cause: String,
    /// The field of a JSONata state, where one is at fault: `Output/result`.
    pub location: Option<Box<str>>,
}

impl EvalError {
    pub fn new(error: &'static str, cause: impl Into<String>) -> Self {
        Self { error: Cow::Borrowed(error), cause: cause.into(), location: None }
    }

    pub(crate) fn of_query(location: &str, cause: impl Into<String>) -> Self {
        let location = Some(location.into());
        Self { location, ..Self::new(names::QUERY_EVALUATION_ERROR, cause) }
    }
}

/// Error names of the specification (ASL, Appendix A) and of AWS.
pub mod names {
    pub const ALL: &str = "States.ALL";
    pub const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
    pub const TIMEOUT: &str = "States.Timeout";
    pub const TASK_FAILED: &str = "States.TaskFailed";
    pub const PERMISSIONS: &str = "States.Permissions";
    pub const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
    pub const PARAMETER_PATH_FAILURE: &str = "States.ParameterPathFailure";
    pub const BRANCH_FAILED: &str = "States.BranchFailed";
    pub const NO_CHOICE_MATCHED: &str = "States.NoChoiceMatched";
    pub const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
    pub const EXCEED_TOLERATED_FAILURE_THRESHOLD: &str = "States.ExceedToleratedFailureThreshold";
    pub const ITEM_READER_FAILED: &str = "States.ItemReaderFailed";
    pub const RESULT_WRITER_FAILED: &str = "States.ResultWriterFailed";
    pub const RUNTIME: &str = "States.Runtime";
    pub const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
    pub const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";

    pub const EVERY: [&str; 16] = [
        ALL,
        HEARTBEAT_TIMEOUT,
        TIMEOUT,
        TASK_FAILED,
        PERMISSIONS,
        RESULT_PATH_MATCH_FAILURE,
        PARAMETER_PATH_FAILURE,
        BRANCH_FAILED,
        NO_CHOICE_MATCHED,
        INTRINSIC_FAILURE,
        EXCEED_TOLERATED_FAILURE_THRESHOLD,
        ITEM_READER_FAILED,
        RESULT_WRITER_FAILED,
        RUNTIME,
        DATA_LIMIT_EXCEEDED,
        QUERY_EVALUATION_ERROR,
    ];
}
