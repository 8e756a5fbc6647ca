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
    /// `arn:…:states:…:activity:NAME` or a plain `NAME`; also `service:action` without an ARN round it, which names that queue,
    /// and the older `arn:…:swf:…:task:NAME` of the specification's own examples.
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

/// Why a text names no queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    #[error("a name has at least one character")]
    Empty,
    #[error("the ARN names no activity, function or service action")]
    Arn,
    #[error("a queue name has at most {NAME_LENGTH_MAX} characters, this one has {0}")]
    NameTooLong(usize),
    #[error("a queue name cannot contain {0:?}")]
    NameCharacter(char),
}

/// AWS's limit for the name of an activity, a state machine, an execution.
pub const NAME_LENGTH_MAX: usize = 80;

impl Resource {
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        let kind = if text.starts_with("arn:") { of_arn(text)? } else { of_queue(text)? };
        Ok(Self { text: text.into(), kind })
    }

    /// `states:startExecution`, however it waits: the orchestrator makes the call itself.
    pub fn starts_execution(&self) -> bool {
        match &self.kind {
            ResourceKind::Service { service, action, .. } => {
                &**service == "states" && &**action == "startExecution"
            }
            ResourceKind::Activity { .. } | ResourceKind::Lambda { .. } => false,
        }
    }

    /// `http:invoke`: the orchestrator itself calls an API.
    pub fn calls_http(&self) -> bool {
        match &self.kind {
            ResourceKind::Service { service, action, pattern } => {
                *pattern == Pattern::RequestResponse
                    && &**service == "http"
                    && &**action == "invoke"
            }
            ResourceKind::Activity { .. } | ResourceKind::Lambda { .. } => false,
        }
    }

    /// A call that is over with its answer, of a worker's: no activity by its ARN, nothing that is waited for, nothing that the
    /// orchestrator serves itself.
    pub fn is_plain_work(&self) -> bool {
        match &self.kind {
            ResourceKind::Lambda { .. } => true,
            ResourceKind::Activity { .. } => !self.text.starts_with("arn:"),
            ResourceKind::Service { service, pattern, .. } => {
                *pattern == Pattern::RequestResponse
                    && !self.starts_execution()
                    && &**service != "http"
            }
        }
    }

    /// Whether its task token is in the context object, and an answer by it ends the task. As on AWS, that holds for a child that
    /// the task waits for, too.
    pub fn has_token(&self) -> bool {
        let ResourceKind::Service { pattern, .. } = &self.kind else { return false };
        match pattern {
            Pattern::RequestResponse => false,
            Pattern::Sync | Pattern::Sync2 => self.starts_execution(),
            Pattern::WaitForTaskToken => true,
        }
    }
}

/// `NAME`, or `service:action`: each part is a name.
fn of_queue(name: &str) -> Result<ResourceKind, ResourceError> {
    if name.chars().count() > NAME_LENGTH_MAX {
        return Err(ResourceError::NameTooLong(name.chars().count()));
    }
    name.split(':').try_for_each(check_name)?;
    Ok(ResourceKind::Activity { queue: name.into() })
}

fn of_name(name: &str) -> Result<ResourceKind, ResourceError> {
    check_name(name)?;
    Ok(ResourceKind::Activity { queue: name.into() })
}

/// `arn:partition:service:region:account:what…`
fn of_arn(arn: &str) -> Result<ResourceKind, ResourceError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, partition, owner, _region, account, what] = parts[..] else {
        return Err(ResourceError::Arn);
    };
    if partition.is_empty() {
        return Err(ResourceError::Arn);
    }
    match (owner, what.split_once(':')) {
        ("states", Some(("activity", name))) if !account.is_empty() => of_name(name),
        ("states", Some((service, call))) => of_integration(service, call),
        ("swf", Some(("task", name))) => of_name(name),
        ("lambda", Some(("function", name))) => of_function(name),
        _ => Err(ResourceError::Arn),
    }
}

/// `service:action`, or `aws-sdk:service:action`, and how the Task waits for the end.
fn of_integration(service: &str, call: &str) -> Result<ResourceKind, ResourceError> {
    let (call, pattern) = split_pattern(call);
    let (service, action) = match call.rsplit_once(':') {
        Some((inner, action)) => (format!("{service}:{inner}"), action),
        None => (service.to_owned(), call),
    };
    let well_formed = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if !service.split(':').all(well_formed) || !well_formed(action) {
        return Err(ResourceError::Arn);
    }
    Ok(ResourceKind::Service { service: service.into(), action: action.into(), pattern })
}

fn split_pattern(call: &str) -> (&str, Pattern) {
    let patterns = [
        (".sync", Pattern::Sync),
        (".sync:2", Pattern::Sync2),
        (".waitForTaskToken", Pattern::WaitForTaskToken),
    ];
    let found =
        patterns.into_iter().find_map(|(end, pattern)| Some((call.strip_suffix(end)?, pattern)));
    found.unwrap_or((call, Pattern::RequestResponse))
}

/// `name`, `name:version` or `name:alias`: a version has no queue of its own.
fn of_function(name: &str) -> Result<ResourceKind, ResourceError> {
    let function = name.split(':').next().unwrap_or_default();
    check_name(function)?;
    Ok(ResourceKind::Lambda { function: function.into() })
}

/// AWS's rules for names: 1 to 80 characters, none of them blank, control, bracket, wildcard or otherwise special.
pub fn check_name(name: &str) -> Result<(), ResourceError> {
    if name.is_empty() {
        return Err(ResourceError::Empty);
    }
    let forbidden =
        |c: &char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(*c);
    if let Some(character) = name.chars().find(forbidden) {
        return Err(ResourceError::NameCharacter(character));
    }
    match name.chars().count() {
        length if length > NAME_LENGTH_MAX => Err(ResourceError::NameTooLong(length)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Resource, ResourceError, ResourceKind};

    fn activity(queue: &str) -> ResourceKind {
        ResourceKind::Activity { queue: queue.into() }
    }

    fn lambda(function: &str) -> ResourceKind {
        ResourceKind::Lambda { function: function.into() }
    }

    fn service(service: &str, action: &str, pattern: Pattern) -> ResourceKind {
        ResourceKind::Service { service: service.into(), action: action.into(), pattern }
    }

    #[test]
    fn a_resource_names_its_queue() {
        for (text, kind) in [
            ("charge-card", activity("charge-card")),
            ("zahlung_prüfen.v2", activity("zahlung_prüfen.v2")),
            ("sqs:sendMessage", activity("sqs:sendMessage")),
            ("arn:aws:swf:us-east-1:123456789012:task:X", activity("X")),
            ("arn:aws:states:us-east-1:123456789012:activity:charge", activity("charge")),
            ("arn:aws-cn:states:cn-north-1:123456789012:activity:charge", activity("charge")),
            ("arn:aws:lambda:us-east-1:123456789012:function:charge", lambda("charge")),
            ("arn:aws:lambda:us-east-1:123456789012:function:charge:$LATEST", lambda("charge")),
            ("arn:aws:lambda:us-east-1:123456789012:function:charge:42", lambda("charge")),
            ("arn:aws:lambda:::function:charge", lambda("charge")),
            (
                "arn:aws:states:::lambda:invoke",
                service("lambda", "invoke", Pattern::RequestResponse),
            ),
            (
                "arn:aws:states:us-east-1:123456789012:sqs:sendMessage.waitForTaskToken",
                service("sqs", "sendMessage", Pattern::WaitForTaskToken),
            ),
            (
                "arn:aws:states:::states:startExecution.sync",
                service("states", "startExecution", Pattern::Sync),
            ),
            (
                "arn:aws:states:::states:startExecution.sync:2",
                service("states", "startExecution", Pattern::Sync2),
            ),
            (
                "arn:aws:states:::aws-sdk:dynamodb:putItem",
                service("aws-sdk:dynamodb", "putItem", Pattern::RequestResponse),
            ),
        ] {
            let resource = Resource::parse(text).unwrap();
            assert_eq!((resource.kind, &*resource.text), (kind, text));
        }
    }

    #[test]
    fn what_names_no_queue_is_refused() {
        for (text, error) in [
            ("", ResourceError::Empty),
            ("charge card", ResourceError::NameCharacter(' ')),
            ("foo:", ResourceError::Empty),
            ("foo:b r", ResourceError::NameCharacter(' ')),
            ("a\u{7f}", ResourceError::NameCharacter('\u{7f}')),
            ("${Charge}", ResourceError::NameCharacter('$')),
            (
                "arn:aws:states:us-east-1:123456789012:activity:a b",
                ResourceError::NameCharacter(' '),
            ),
            ("arn:aws:states:us-east-1:123456789012:activity:", ResourceError::Empty),
            ("arn:aws:lambda:us-east-1:123456789012:function:", ResourceError::Empty),
            ("arn:", ResourceError::Arn),
            ("arn:aws:states:us-east-1", ResourceError::Arn),
            ("arn::states:::lambda:invoke", ResourceError::Arn),
            ("arn:aws:states:::lambda:", ResourceError::Arn),
            ("arn:aws:states:::lambda", ResourceError::Arn),
            ("arn:aws:states::::invoke", ResourceError::Arn),
            ("arn:aws:sqs:us-east-1:123456789012:queue", ResourceError::Arn),
            ("arn:aws:swf:us-east-1:123456789012:domain:X", ResourceError::Arn),
        ] {
            assert_eq!(Resource::parse(text), Err(error), "{text}");
        }
        let longest = "q".repeat(80);
        assert!(Resource::parse(&longest).is_ok());
        assert_eq!(Resource::parse(&(longest + "q")), Err(ResourceError::NameTooLong(81)));
    }
}
