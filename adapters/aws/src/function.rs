//! A function's queue: the function itself is invoked, and its answer is the task's result as it is.

use everstep_worker::TaskError;
use serde_json::Value;

use crate::answer::Answer;
use crate::call::{Caller, Inner};
use crate::failure;
use crate::integration::{Form, Integration};
use crate::request::{Request, encoded};

impl Caller {
    pub(crate) async fn invoke(&self, function: &str, input: String) -> Result<String, TaskError> {
        let invoke = Integration::of_queue("aws-sdk:lambda:invoke");
        let invoke = invoke.expect("the tables have Lambda's Invoke");
        let integration = Integration { form: Form::Optimised, ..invoke };
        let request = Request {
            method: "POST".to_owned(),
            path: format!("/2015-03-31/functions/{}/invocations", encoded(function)),
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("x-amz-invocation-type".to_owned(), "RequestResponse".to_owned()),
            ],
            body: input.into_bytes(),
            ..Request::default()
        };
        let Inner { sender, access } = &*self.0;
        let endpoint = access.endpoint("lambda", integration.service);
        let endpoint = endpoint.map_err(|error| failure::of_client(integration, &error))?;
        let sent = sender.send(&endpoint, "lambda", request, access).await;
        let answer = sent.map_err(|error| failure::of_client(integration, &error))?;
        if failure::is_error(integration.service, &answer) {
            return Err(failure::of_answer(integration, &answer));
        }
        if answer.header("x-amz-function-error").is_some() {
            return Err(raised(&answer));
        }
        let text = answer.text();
        Ok(if text.trim().is_empty() { "null".to_owned() } else { text })
    }
}

/// What a function raised: the error's type is its name, all that Lambda says of it the cause.
fn raised(answer: &Answer) -> TaskError {
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match said.get("errorType").and_then(Value::as_str) {
        Some(kind) => TaskError::new(kind, answer.text()),
        None => TaskError::new(
            "Lambda.Unknown",
            format!(
                "The cause could not be determined because Lambda did not return an error type. Returned payload: {}",
                answer.text()
            ),
        ),
    }
}
