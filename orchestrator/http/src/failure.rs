//! How an HTTP task fails, by the error names that AWS documents, and one of ours for what the guard refuses.

/// AWS's limit for a cause.
const CAUSE_CHARS_MAX: usize = 32_768;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub error: String,
    pub cause: String,
}

impl Failure {
    fn new(error: impl Into<String>, cause: &str) -> Self {
        let cause = match cause.char_indices().nth(CAUSE_CHARS_MAX) {
            Some((end, _)) => &cause[..end],
            None => cause,
        };
        Self { error: error.into(), cause: cause.to_owned() }
    }

    /// The parameters name no request that could be made, or the answer is none that a task can have. Not retried, and
    /// caught only by its own name.
    pub(crate) fn runtime(cause: &str) -> Self {
        Self::new("States.Runtime", cause)
    }

    /// In AWS's words.
    pub(crate) fn parameters(why: &str) -> Self {
        Self::runtime(&format!("The Parameters could not be used to start the Task: [{why}]"))
    }

    /// No answer in time, or no connection.
    pub(crate) fn socket(cause: &str) -> Self {
        Self::new("States.Http.Socket", cause)
    }

    pub(crate) fn status(code: u16, cause: &str) -> Self {
        Self::new(format!("States.Http.StatusCode.{code}"), cause)
    }

    /// In AWS's words.
    pub(crate) fn too_large() -> Self {
        Self::new(
            "States.DataLimitExceeded",
            "The state/task 'http' returned a result with a size exceeding the maximum number of bytes service limit.",
        )
    }

    /// AWS's calls come from a network of their own and have nothing to guard: the name is ours.
    pub(crate) fn forbidden(cause: &str) -> Self {
        Self::new("Everstep.ForbiddenAddress", cause)
    }

    /// The connection's credentials were not accepted by its authorization endpoint.
    pub(crate) fn not_authorized(cause: &str) -> Self {
        Self::new("Events.ConnectionResource.InvalidConnectionState", cause)
    }

    /// No connection of that name.
    pub fn connection_unknown(arn: &str) -> Self {
        let cause = format!("Connection '{arn}' does not exist.");
        Self::new("Events.ConnectionResource.ResourceNotFound", &cause)
    }

    /// The connection is there and can't be opened: its key is missing.
    pub fn connection_sealed(cause: &str) -> Self {
        Self::new("Events.ConnectionResource.InternalError", cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_cut_between_characters() {
        let failure = Failure::socket(&"ü".repeat(CAUSE_CHARS_MAX + 1));
        assert_eq!(failure.cause.chars().count(), CAUSE_CHARS_MAX);
    }
}
