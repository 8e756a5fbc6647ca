//! A fault of a definition: what it is, where it stands, and what to do about it.

/// One fault. All faults of a definition are reported at once, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// AWS's code, as `ValidateStateMachineDefinition` gives it.
    pub code: Code,
    /// Our finer code: one per kind of fault, stable, for machines to match on.
    pub kind: Kind,
    pub severity: Severity,
    /// One line, in AWS's words where they are known.
    pub message: String,
    /// Where, as AWS prints it: `/` or `/States/X/Field`; AWS escapes nothing in it.
    pub pointer: String,
    /// 1-based, of the field (or, where a field is missing, of the object that lacks it).
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What to do, in one sentence.
    pub advice: String,
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

/// AWS's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    InvalidJsonDescription,
    SchemaValidationFailed,
    MissingTransitionTarget,
    DuplicateStateName,
    /// Ours: the definition is valid, and Everstep cannot run it yet.
    UnsupportedFeature,
}

/// One per kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Syntax,
}
