//! The `Resource` of a Task: which queue serves it, and how AWS's history speaks of it.

use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// As the definition writes it.
    pub text: Arc<str>,
    pub kind: ResourceKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceKind {
    /// `arn:…:states:…:activity:NAME` or a plain `NAME`.
    Activity { queue: Arc<str> },
    /// A Lambda function's ARN: the queue of the function's name.
    Lambda { function: Arc<str> },
    /// `arn:…:states:::service:action[.pattern]`; for `lambda:invoke` the queue is `FunctionName`, else `service:action`.
    Service { service: Arc<str>, action: Arc<str>, pattern: Pattern },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    RequestResponse,
    Sync,
    Sync2,
    WaitForTaskToken,
}
