//! How a command ends, and the exit code that says so. The codes are documented in `docs/cli.md`.

use std::process::ExitCode;

/// What a command that was carried out has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Positive,
    /// A faulty definition, an execution that failed where its end was waited for, an order that ended wrongly.
    Negative,
}

impl Answer {
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Positive => ExitCode::SUCCESS,
            Self::Negative => ExitCode::from(1),
        }
    }
}

/// Why a command was not carried out, by what to do about it. `message` is one sentence: what, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CommandError {
    pub(crate) remedy: Remedy,
    pub(crate) message: String,
    /// AWS's name of the error, where the server refused.
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Call it otherwise: an argument, a setting or a file is wrong.
    Usage,
    /// Try again, or start what is missing: the server or PostgreSQL does not answer.
    Unavailable,
    /// Ask for something else: the server refused the request.
    Refused,
    /// Report it: a fault of Everstep or of the machine it runs on.
    Internal,
}

impl Remedy {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Internal => "internal",
        }
    }
}

impl CommandError {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Remedy::Usage, message)
    }
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Remedy::Unavailable, message)
    }
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Remedy::Internal, message)
    }

    fn new(remedy: Remedy, message: impl Into<String>) -> Self {
        Self { remedy, message: message.into(), reason: None }
    }

    /// clap ends with 2 for a wrong flag; a wrong file or setting is the same kind of fault.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.remedy {
            Remedy::Usage => 2,
            Remedy::Unavailable => 3,
            Remedy::Refused => 4,
            Remedy::Internal => 5,
        })
    }
}
