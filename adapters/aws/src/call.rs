//! One task: its queue's call, made and answered.

use std::sync::Arc;

use everstep_worker::TaskError;
use serde_json::{Map, Value, json};

use crate::answer::{self, Answer};
use crate::failure::{self, UNSUPPORTED};
use crate::fit::fit;
use crate::integration::{Form, Integration};
use crate::request;
use crate::send::Sender;
use crate::settings::Access;

/// What every call needs. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) sender: Sender,
    pub(crate) access: Access,
}

impl Caller {
    /// The task's result as JSON text.
    pub(crate) async fn call(&self, queue: &str, input: &str) -> Result<String, TaskError> {
        let integration = Integration::of_queue(queue)
            .map_err(|unknown| TaskError::new(UNSUPPORTED, format!("{queue}: {unknown}")))?;
        let answer = self.answer(integration, input).await?;
        if failure::is_error(integration.service, &answer) {
            return Err(failure::of_answer(integration, &answer));
        }
        let result = answer::result(integration.service, integration.operation, &answer)
            .map_err(|error| failure::of_client(integration, &error))?;
        match integration.form {
            Form::Optimised => optimised(integration, result, &answer),
            Form::Sdk => Ok(Value::Object(result).to_string()),
        }
    }

    async fn answer(&self, integration: Integration, input: &str) -> Result<Answer, TaskError> {
        let client = |why: &dyn std::fmt::Display| failure::of_client(integration, why);
        let Integration { name, service, operation, .. } = integration;
        let parameters = serde_json::from_str(input).map_err(|error| client(&error))?;
        let parameters = match &operation.input {
            Some(shape) => fit(service, shape, parameters).map_err(|error| client(&error))?,
            None => Value::Object(Map::new()),
        };
        let request =
            request::build(service, operation, &parameters).map_err(|error| client(&error))?;
        let Inner { sender, access } = &*self.0;
        let endpoint = access.endpoint(name, service).map_err(|error| client(&error))?;
        let sent = sender.send(&endpoint, &service.signing, request, access);
        sent.await.map_err(|error| client(&error))
    }
}

/// The optimised forms have what the SDK's first version says of the answer; of events they have a verdict.
fn optimised(
    integration: Integration,
    mut result: Map<String, Value>,
    answer: &Answer,
) -> Result<String, TaskError> {
    if integration.name == "eventbridge" {
        return events(result);
    }
    result.extend(metadata(answer));
    Ok(Value::Object(result).to_string())
}

/// One entry that failed fails the task, the whole answer its cause.
fn events(mut result: Map<String, Value>) -> Result<String, TaskError> {
    let count = result.remove("FailedEntryCount").unwrap_or_else(|| json!(0));
    let entries = result.remove("Entries").unwrap_or_else(|| json!([]));
    let text = json!({"Entries": entries, "FailedEntryCount": count}).to_string();
    if count.as_u64().is_some_and(|count| count > 0) {
        return Err(TaskError::new("EventBridge.FailedEntry", text));
    }
    Ok(text)
}

fn metadata(answer: &Answer) -> [(String, Value); 2] {
    let mut all = Map::new();
    let mut single = Map::new();
    for (name, value) in &answer.headers {
        let name = header_name(name);
        let values = all.entry(name).or_insert_with(|| json!([]));
        values.as_array_mut().into_iter().for_each(|it| it.push(json!(value)));
        single.insert(name.to_owned(), json!(value));
    }
    let status = answer.status;
    let http = json!({"AllHttpHeaders": all, "HttpHeaders": single, "HttpStatusCode": status});
    let request_id = failure::request_id(answer).or_else(|| body_request_id(answer));
    [
        ("SdkHttpMetadata".to_owned(), http),
        ("SdkResponseMetadata".to_owned(), json!({ "RequestId": request_id })),
    ]
}

/// The client reads all names in lower case; these are AWS's own.
fn header_name(name: &str) -> &str {
    match name {
        "connection" => "Connection",
        "content-length" => "Content-Length",
        "content-type" => "Content-Type",
        "date" => "Date",
        "server" => "Server",
        "x-amzn-requestid" => "x-amzn-RequestId",
        name => name,
    }
}

fn body_request_id(answer: &Answer) -> Option<String> {
    let root = crate::xml::parsed(&answer.body)?;
    let metadata = root.child("ResponseMetadata")?;
    metadata.text_of("RequestId").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn optimised_result(
        queue: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Value, TaskError> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let headers = headers.iter().map(owned).collect();
        let answer = Answer { status: 200, headers, body: body.as_bytes().to_vec() };
        let integration = Integration::of_queue(queue).unwrap();
        let result = answer::result(integration.service, integration.operation, &answer).unwrap();
        optimised(integration, result, &answer).map(|text| serde_json::from_str(&text).unwrap())
    }

    /// Recorded by LocalStack on AWS: `test_sqs_wait_for_task_token`, the submission.
    #[test]
    fn an_optimised_answer_says_what_came_with_it() {
        let headers = [("x-amzn-requestid", "R"), ("content-length", "106")];
        let body = r#"{"MD5OfMessageBody":"m","MessageId":"i"}"#;
        assert_eq!(
            optimised_result("sqs:sendMessage", &headers, body).unwrap(),
            json!({
                "MD5OfMessageBody": "m", "MessageId": "i",
                "SdkHttpMetadata": {
                    "AllHttpHeaders": {"x-amzn-RequestId": ["R"], "Content-Length": ["106"]},
                    "HttpHeaders": {"x-amzn-RequestId": "R", "Content-Length": "106"},
                    "HttpStatusCode": 200
                },
                "SdkResponseMetadata": {"RequestId": "R"}
            })
        );
    }

    /// Recorded by LocalStack on AWS: `test_put_events_base` and `test_put_events_mixed_malformed_detail`.
    #[test]
    fn one_event_that_failed_fails_the_task() {
        let body = r#"{"Entries":[{"EventId":"1"}],"FailedEntryCount":0}"#;
        let result = optimised_result("events:putEvents", &[], body).unwrap();
        assert_eq!(result, json!({"Entries": [{"EventId": "1"}], "FailedEntryCount": 0}));
        let body = r#"{"FailedEntryCount":1,"Entries":[{"EventId":"1"},{"ErrorCode":"MalformedDetail","ErrorMessage":"Detail is malformed."}]}"#;
        let failure = optimised_result("events:putEvents", &[], body).unwrap_err();
        assert_eq!(failure.error, "EventBridge.FailedEntry");
        assert_eq!(
            failure.cause,
            r#"{"Entries":[{"EventId":"1"},{"ErrorCode":"MalformedDetail","ErrorMessage":"Detail is malformed."}],"FailedEntryCount":1}"#
        );
    }
}
