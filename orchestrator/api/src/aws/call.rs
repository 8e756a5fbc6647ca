//! One call of an operation: who calls, and the request, member by member.

use std::sync::Arc;

use engine::Namespace;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::validate;
use crate::arn::{ArnError, is_arn};
use crate::errors::{Reason, Refusal};
use crate::express::check_standard_execution;
use crate::operations::Operations;

/// Not counted among a namespace's requests a second.
const POLL: &str = "GetActivityTask";

pub(super) struct Call {
    pub(super) operations: Operations,
    /// The server stops: what waits, ends.
    pub(super) stop: CancellationToken,
    pub(super) namespace: Arc<Namespace>,
    input: Value,
}

impl Call {
    pub(super) async fn new(
        operations: Operations,
        stop: CancellationToken,
        (operation, input): (&str, Value),
    ) -> Result<Self, Refusal> {
        // The caller's own: AWS's API names none.
        let namespace = operations.answer(None, operations.namespace_reached("")).await?;
        let operations =
            if operation == POLL { operations } else { operations.admitted(&namespace)? };
        Ok(Self { operations, stop, namespace, input })
    }

    pub(super) fn check(&self, shape: &str) -> Result<(), Refusal> {
        validate::request(shape, &self.input, self.namespace.payload_bytes_max)
    }

    /// The namespace's name, as requests carry it.
    pub(super) fn namespace(&self) -> String {
        self.namespace.name.clone()
    }

    /// `None`: absent, or null, which is the same to AWS.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.input.get(name).filter(|value| !value.is_null())
    }

    /// Taken out: payloads are large.
    pub(super) fn some_text(&mut self, name: &str) -> Option<String> {
        take_text(&mut self.input, name)
    }

    /// Empty where it is absent.
    pub(super) fn text(&mut self, name: &str) -> String {
        self.some_text(name).unwrap_or_default()
    }

    /// One of the ARNs that a request names things by: a bare name, which gRPC takes, is none.
    pub(super) fn arn(&mut self, name: &'static str) -> Result<String, Refusal> {
        named_by_arn(name, self.text(name))
    }

    /// A role's ARN, where one is given: kept and shown, but it must be one.
    pub(super) fn role(&mut self) -> Result<Option<String>, Refusal> {
        let Some(role) = self.some_text("roleArn") else { return Ok(None) };
        if is_arn(&role) && role.contains(":iam:") && role.contains(":role/") {
            return Ok(Some(role));
        }
        let message = format!("Invalid Role Arn: '{role}'");
        Err(Refusal::new(Reason::InvalidArn, message).at("role_arn"))
    }

    /// The execution that a request is about: AWS shows and stops no Express ones.
    pub(super) fn execution(&mut self) -> Result<String, Refusal> {
        let execution = self.arn("executionArn")?;
        check_standard_execution(&execution)?;
        Ok(execution)
    }

    /// 0 where it is absent. What follows a point is cut off, as AWS does.
    pub(super) fn count(&self, name: &str) -> u32 {
        self.member(name).and_then(whole).and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.member(name).and_then(Value::as_bool)
    }

    /// A member that is a list, taken out; empty where it is absent.
    pub(super) fn list(&mut self, name: &str) -> Vec<Value> {
        match self.input.get_mut(name).map(Value::take) {
            Some(Value::Array(items)) => items,
            Some(_) | None => Vec::new(),
        }
    }

    /// A member that is a structure, taken out.
    pub(super) fn structure(&mut self, name: &str) -> Option<Value> {
        self.input.get_mut(name).map(Value::take).filter(Value::is_object)
    }
}

pub(super) fn named_by_arn(name: &'static str, text: String) -> Result<String, Refusal> {
    if text.is_empty() || is_arn(&text) {
        return Ok(text);
    }
    Err(Refusal::arn(name, &ArnError::Prefix(text)))
}

pub(super) fn take_text(value: &mut Value, name: &str) -> Option<String> {
    match value.get_mut(name).map(Value::take) {
        Some(Value::String(text)) => Some(text),
        Some(_) | None => None,
    }
}

/// A number without what follows its point.
pub(super) fn whole(value: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the model bounds it"
    )]
    let cut = |number: f64| number as u64;
    value.as_u64().or_else(|| value.as_f64().map(cut))
}
