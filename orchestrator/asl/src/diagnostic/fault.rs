//! Every fault that a definition can have, with its words. AWS's words are kept to the letter where they are known
//! (recorded from `CreateStateMachine` and `ValidateStateMachineDefinition`); the others are ours.

use super::{Code, Severity};

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("{reason}")]
    NotJson { reason: String },
    #[error("Definition is nested deeper than {levels} levels")]
    TooDeep { levels: usize },
    #[error("Definition must be a valid JSON object")]
    NotAnObject,
    #[error("Field '{field}' appears more than once")]
    RepeatedField { field: String },
    #[error("These fields are required: [{}]", fields.join(", "))]
    MissingFields { fields: Vec<&'static str> },
    #[error("Field '{field}' is not supported")]
    UnknownField { field: String, known: Vec<&'static str> },
    #[error("There should only be one of the following fields: [{}]", fields.join(", "))]
    ExclusiveFields { fields: Vec<&'static str> },
    #[error("This object should have only one of the following fields: [{}]", fields.join(", "))]
    NoneOfFields { fields: Vec<&'static str> },
    #[error("Expected value of type {expected}")]
    WrongType { expected: &'static str },
    #[error("Value should be one of the following: [{}]", allowed.join(", "))]
    NotAllowed { allowed: &'static [&'static str] },
    #[error(
        "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]"
    )]
    UnknownType,
    #[error("Minimum value is {minimum}")]
    TooSmall { minimum: u64 },
    #[error("Maximum value is {maximum}")]
    TooLarge { maximum: u64 },
    #[error("Value cannot be empty")]
    Empty,
    #[error("Value must be a valid JSONPath.")]
    NotAPath { reason: String },
    #[error("Value is not a Reference Path: {reason}")]
    NotAReferencePath { reason: String },
    #[error("{message}")]
    Template { message: String, reason: String },
    #[error("{reason}")]
    NotAText { reason: String },
    #[error("String does not match RFC3339 timestamp")]
    NotATimestamp,
    #[error("Value is not a valid pattern: {reason}")]
    NotAPattern { reason: String },
    #[error("Value is not a valid resource ARN")]
    NotAResource { reason: String },
    #[error("Express state machine does not support {what}")]
    NotInExpress { what: &'static str },
    #[error("The field '{field}' is required but was missing")]
    MissingParameter { field: &'static str },
    #[error("HeartbeatSeconds must be smaller than TimeoutSeconds")]
    HeartbeatTooLong,
    #[error("States.ALL must appear alone and at end of list")]
    AllNotLast,
    #[error("'{name}' is not an error name that the language defines")]
    ReservedErrorName { name: String },
    #[error("The comparison of the Variable is missing")]
    NoComparison,
    #[error("MaxDelaySeconds is not more than IntervalSeconds")]
    DelayBelowInterval,
    #[error(
        "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]"
    )]
    NotACondition,
    #[error("Missing 'Next' target: {target}")]
    TargetNotFound { target: String, nearest: Option<String> },
    #[error("State \"{name}\" is not reachable.")]
    Unreachable { name: String },
    #[error("Workflow has no terminal state")]
    NoTerminalState,
    #[error("Duplicate State name: {name}")]
    DuplicateState { name: String, first: String },
    #[error("State name is longer than {maximum} characters: {name}")]
    StateNameTooLong { name: String, maximum: usize },
    #[error("State name cannot be empty")]
    StateNameEmpty,
    #[error("Label {reason}")]
    Label { reason: String },
    #[error("The field '{field}' is only supported by a Map in the Mode 'DISTRIBUTED'")]
    OnlyDistributed { field: &'static str },
    #[error("CSVHeaders are only read where CSVHeaderLocation is GIVEN")]
    HeadersNotGiven,
    #[error("Value must be a valid JSON Pointer")]
    NotAPointer,
    #[error(
        "The QueryLanguage is set to '{language}', but field '{field}' is only supported for the '{other}' QueryLanguage"
    )]
    OtherLanguage { field: String, language: &'static str, other: &'static str },
    #[error("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")]
    LanguageDowngrade,
    #[error("JSONata string must start with {{% and end with %}}")]
    ExpressionDelimiters,
    #[error("Value is not a valid JSONata expression: {reason}")]
    NotAnExpression { reason: String },
    #[error("Value must be a JSONata expression: {{% ... %}}")]
    NoExpression,
    #[error("The function '$eval' is not supported in a JSONata expression")]
    Eval,
    #[error("'$states.result' is only defined in Output and Assign of a Task, Parallel or Map")]
    NoResult,
    #[error("'$states.errorOutput' is only defined in Output and Assign of a Catcher")]
    NoErrorOutput,
    #[error("Value of '{field}' looks like a path, but the field's name does not end in '.$'")]
    NoDollar { field: String },
    #[error("Field '{field}' is not evaluated: the Result of a Pass is static")]
    StaticResult { field: String },
    #[error("Variable '{name}' is assigned in a scope around this one")]
    VariableShadows { name: String },
    #[error("No state that is seen from here assigns the variable '{name}'")]
    VariableUnassigned { name: String },
    #[error("'{name}' is not a valid variable name")]
    NotAVariableName { name: String },
    #[error("Variable name is longer than {maximum} characters: {name}")]
    VariableNameTooLong { name: String, maximum: usize },
    #[error("'states' is reserved and cannot be assigned")]
    VariableReserved,
    #[error("No expression can read the variable '{name}': its name has a hyphen")]
    VariableUnreadable { name: String },
}

impl Fault {
    pub(crate) fn severity(&self) -> Severity {
        let warning = matches!(
            self,
            Self::NoDollar { .. }
                | Self::StaticResult { .. }
                | Self::ReservedErrorName { .. }
                | Self::DelayBelowInterval
                | Self::VariableUnassigned { .. }
                | Self::VariableUnreadable { .. }
        );
        if warning { Severity::Warning } else { Severity::Error }
    }

    pub(crate) fn code(&self) -> Code {
        match self {
            Self::NotJson { .. } => Code::InvalidJsonDescription,
            Self::TooDeep { .. } => Code::TooDeeplyNested,
            Self::TargetNotFound { .. } | Self::Unreachable { .. } => Code::MissingTransitionTarget,
            Self::NoTerminalState => Code::MissingEndState,
            Self::DuplicateState { .. } => Code::DuplicateStateName,
            Self::StateNameTooLong { .. } | Self::StateNameEmpty => Code::InvalidStateName,
            Self::Label { .. } => Code::InvalidLabelName,
            Self::NoDollar { .. } => Code::NoDollar,
            Self::StaticResult { .. } => Code::PassResultIsStatic,
            Self::NotAnObject
            | Self::RepeatedField { .. }
            | Self::MissingFields { .. }
            | Self::UnknownField { .. }
            | Self::ExclusiveFields { .. }
            | Self::NoneOfFields { .. }
            | Self::WrongType { .. }
            | Self::NotAllowed { .. }
            | Self::UnknownType
            | Self::TooSmall { .. }
            | Self::TooLarge { .. }
            | Self::Empty
            | Self::NotAPath { .. }
            | Self::NotAReferencePath { .. }
            | Self::Template { .. }
            | Self::NotAText { .. }
            | Self::NotATimestamp
            | Self::NotAPattern { .. }
            | Self::NotAResource { .. }
            | Self::NotInExpress { .. }
            | Self::MissingParameter { .. }
            | Self::HeartbeatTooLong
            | Self::AllNotLast
            | Self::ReservedErrorName { .. }
            | Self::DelayBelowInterval
            | Self::NotACondition
            | Self::NoComparison
            | Self::OnlyDistributed { .. }
            | Self::HeadersNotGiven
            | Self::NotAPointer
            | Self::OtherLanguage { .. }
            | Self::LanguageDowngrade
            | Self::ExpressionDelimiters
            | Self::NotAnExpression { .. }
            | Self::NoExpression
            | Self::Eval
            | Self::NoResult
            | Self::NoErrorOutput
            | Self::VariableShadows { .. }
            | Self::VariableUnassigned { .. }
            | Self::NotAVariableName { .. }
            | Self::VariableNameTooLong { .. }
            | Self::VariableReserved
            | Self::VariableUnreadable { .. } => Code::SchemaValidationFailed,
        }
    }

    /// Our finer code.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "NOT_JSON",
            Self::TooDeep { .. } => "TOO_DEEP",
            Self::NotAnObject => "NOT_AN_OBJECT",
            Self::RepeatedField { .. } => "REPEATED_FIELD",
            Self::MissingFields { .. } => "MISSING_FIELD",
            Self::UnknownField { .. } => "UNKNOWN_FIELD",
            Self::ExclusiveFields { .. } => "EXCLUSIVE_FIELDS",
            Self::NoneOfFields { .. } => "NONE_OF_FIELDS",
            Self::WrongType { .. } => "WRONG_TYPE",
            Self::NotAllowed { .. } => "NOT_ALLOWED",
            Self::UnknownType => "UNKNOWN_STATE_TYPE",
            Self::TooSmall { .. } => "TOO_SMALL",
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::Empty => "EMPTY",
            Self::NotAPath { .. } => "NOT_A_PATH",
            Self::NotAReferencePath { .. } => "NOT_A_REFERENCE_PATH",
            Self::Template { .. } => "TEMPLATE",
            Self::NotAText { .. } => "NOT_A_TEXT",
            Self::NotATimestamp => "NOT_A_TIMESTAMP",
            Self::NotAPattern { .. } => "NOT_A_PATTERN",
            Self::NotAResource { .. } => "NOT_A_RESOURCE",
            Self::NotInExpress { .. } => "NOT_IN_EXPRESS",
            Self::MissingParameter { .. } => "MISSING_PARAMETER",
            Self::HeartbeatTooLong => "HEARTBEAT_TOO_LONG",
            Self::AllNotLast => "ALL_NOT_LAST",
            Self::ReservedErrorName { .. } => "RESERVED_ERROR_NAME",
            Self::DelayBelowInterval => "DELAY_BELOW_INTERVAL",
            Self::NotACondition => "NOT_A_CONDITION",
            Self::NoComparison => "NO_COMPARISON",
            Self::TargetNotFound { .. } => "TARGET_NOT_FOUND",
            Self::Unreachable { .. } => "UNREACHABLE_STATE",
            Self::NoTerminalState => "NO_TERMINAL_STATE",
            Self::DuplicateState { .. } => "DUPLICATE_STATE",
            Self::StateNameTooLong { .. } => "STATE_NAME_TOO_LONG",
            Self::StateNameEmpty => "STATE_NAME_EMPTY",
            Self::Label { .. } => "LABEL",
            Self::OnlyDistributed { .. } => "ONLY_DISTRIBUTED",
            Self::HeadersNotGiven => "HEADERS_NOT_GIVEN",
            Self::NotAPointer => "NOT_A_POINTER",
            Self::OtherLanguage { .. } => "OTHER_LANGUAGE",
            Self::LanguageDowngrade => "LANGUAGE_DOWNGRADE",
            Self::ExpressionDelimiters => "EXPRESSION_DELIMITERS",
            Self::NotAnExpression { .. } => "NOT_AN_EXPRESSION",
            Self::NoExpression => "NO_EXPRESSION",
            Self::Eval => "EVAL",
            Self::NoResult => "NO_RESULT",
            Self::NoErrorOutput => "NO_ERROR_OUTPUT",
            Self::NoDollar { .. } => "NO_DOLLAR",
            Self::StaticResult { .. } => "STATIC_RESULT",
            Self::VariableShadows { .. } => "VARIABLE_SHADOWS",
            Self::VariableUnassigned { .. } => "VARIABLE_UNASSIGNED",
            Self::NotAVariableName { .. } => "NOT_A_VARIABLE_NAME",
            Self::VariableNameTooLong { .. } => "VARIABLE_NAME_TOO_LONG",
            Self::VariableReserved => "VARIABLE_RESERVED",
            Self::VariableUnreadable { .. } => "VARIABLE_UNREADABLE",
        }
    }
}
