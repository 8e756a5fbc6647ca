//! A fault of a definition: what it is, where it stands, and what to do about it.

mod advice;
mod fault;

use std::fmt;

pub(crate) use advice::nearest;
pub(crate) use fault::Fault;

/// One fault. All faults of a definition are reported at once, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// AWS's code, as `ValidateStateMachineDefinition` gives it.
    pub code: Code,
    /// Our finer code, one per kind of fault: `UNKNOWN_FIELD`, `NEXT_NOT_FOUND`, …
    pub kind: &'static str,
    pub severity: Severity,
    /// One line, in AWS's words where they are known.
    pub message: String,
    /// Where, as AWS prints it: `/`, `/States/X/Field`, `/States/X/Retry[0]/ErrorEquals`. Nothing is escaped in it.
    pub pointer: String,
    /// 1-based, of the field; of the object where the object as a whole is at fault.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What to do, in a sentence.
    pub advice: String,
}

/// AWS's message for a refused definition holds this form: `CODE: message at /pointer`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} at {}", self.code.as_str(), self.message, self.pointer)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
        }
    }
}

/// AWS's codes, and one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    InvalidJsonDescription,
    SchemaValidationFailed,
    InvalidStateName,
    DuplicateStateName,
    InvalidLabelName,
    MissingTransitionTarget,
    MissingEndState,
    TooDeeplyNested,
    /// A warning: a value looks like a path, but its field is not marked as one.
    NoDollar,
    /// A warning: the result of a Pass looks like a template, and is none.
    PassResultIsStatic,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidJsonDescription => "INVALID_JSON_DESCRIPTION",
            Self::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Self::InvalidStateName => "INVALID_STATE_NAME",
            Self::DuplicateStateName => "DUPLICATE_STATE_NAME",
            Self::InvalidLabelName => "INVALID_LABEL_NAME",
            Self::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Self::MissingEndState => "MISSING_END_STATE",
            Self::TooDeeplyNested => "TOO_DEEPLY_NESTED",
            Self::NoDollar => "NO_DOLLAR",
            Self::PassResultIsStatic => "PASS_RESULT_IS_STATIC",
        }
    }
}
