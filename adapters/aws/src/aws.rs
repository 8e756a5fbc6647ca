//! Calls of services for whoever is no worker: the same requests, the same answers.

use std::sync::Arc;

use serde_json::Value;

use crate::call::{Caller, Inner};
use crate::send::Sender;
use crate::settings::Access;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Aws(Caller);

/// A failure, named as a task's would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct AwsError {
    pub error: String,
    pub cause: String,
}

impl Aws {
    /// Does not connect yet: the first call does.
    pub fn new(access: Access) -> Result<Self, String> {
        let sender = Sender::new()?;
        Ok(Self(Caller(Arc::new(Inner { sender, access }))))
    }

    /// `action` as in a resource after `aws-sdk:`, such as `sfn:listStateMachines`.
    pub async fn call(&self, action: &str, parameters: &Value) -> Result<Value, AwsError> {
        let called = self.0.call(&format!("aws-sdk:{action}"), &parameters.to_string()).await;
        let text = called.map_err(|it| AwsError { error: it.error, cause: it.cause })?;
        Ok(serde_json::from_str(&text).expect("a result is made of JSON"))
    }
}
