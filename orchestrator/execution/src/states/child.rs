//! What a call of `states:startExecution` answers, and how a child that has ended is described: with AWS's fields, in AWS's order.

use asl::Payload;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::event::{StartedChild, TaskFamily, TaskScheduled};
use crate::execution::Status;
use crate::message::EndedChild;

/// The envelope is the one of AWS's SDK: definitions look into it (`$.SdkHttpMetadata.HttpStatusCode`).
pub(crate) fn answer(child: &StartedChild) -> Payload {
    let request = child.id.to_string();
    let body = format!(
        r#"{{"executionArn":"{}","startDate":{}}}"#,
        child.arn,
        scientific(child.started_at)
    );
    let length = body.len().to_string();
    let date = child.started_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let media = "application/x-amz-json-1.0";
    Payload::from_value(json!({
        "ExecutionArn": &*child.arn,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {
                "x-amzn-RequestId": [request],
                "connection": ["keep-alive"],
                "Content-Length": [length],
                "Date": [date],
                "Content-Type": [media],
            },
            "HttpHeaders": {
                "connection": "keep-alive",
                "Content-Length": length,
                "Content-Type": media,
                "Date": date,
                "x-amzn-RequestId": request,
            },
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": { "RequestId": request },
        "StartDate": child.started_at.timestamp_millis(),
    }))
}

/// As `DescribeExecution` describes it. `.sync:2` shows input and output as what they are, `.sync` as text.
pub(crate) fn description(child: &EndedChild, sync_2: bool) -> Payload {
    let document = |payload: &Payload| match (sync_2, child.status) {
        (true, Status::Succeeded) => payload.value().clone(),
        (true | false, _) => Value::String(payload.text().to_owned()),
    };
    let mut fields = serde_json::Map::new();
    let mut field = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let included = || json!({ "Included": true });
    if let Some(cause) = &child.failure.cause {
        field("Cause", json!(cause));
    }
    if let Some(error) = &child.failure.error {
        field("Error", json!(error));
    }
    field("ExecutionArn", json!(child.arn));
    field("Input", document(&child.input));
    field("InputDetails", included());
    field("Name", json!(child.name));
    if let Some(output) = &child.output {
        field("Output", document(output));
        field("OutputDetails", included());
    }
    if child.status == Status::Succeeded {
        field("RedriveCount", json!(child.redrives));
        field("RedriveStatus", json!("NOT_REDRIVABLE"));
        field("RedriveStatusReason", json!("Execution is SUCCEEDED and cannot be redriven"));
    }
    field("StartDate", json!(child.started_at.timestamp_millis()));
    field("StateMachineArn", json!(child.machine_arn));
    field("Status", json!(status(child.status)));
    field("StopDate", json!(child.ended_at.timestamp_millis()));
    Payload::from_value(Value::Object(fields))
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Running => "RUNNING",
        Status::Succeeded => "SUCCEEDED",
        Status::Failed => "FAILED",
        Status::TimedOut => "TIMED_OUT",
        Status::Aborted => "ABORTED",
    }
}

/// Seconds as AWS's service writes them: `1.713421624012E9`.
fn scientific(instant: DateTime<Utc>) -> String {
    let millis = instant.timestamp_millis().to_string();
    let (first, rest) = millis.split_at(1);
    let rest = rest.trim_end_matches('0');
    let rest = if rest.is_empty() { "0" } else { rest };
    format!("{first}.{rest}E{}", millis.len().saturating_sub(4))
}

impl TaskScheduled {
    /// The end of the child is the task's.
    pub fn awaits_child(&self) -> bool {
        self.child.is_some() && (self.action_ends_with(".sync") || self.is_sync_2())
    }

    pub(crate) fn is_sync_2(&self) -> bool {
        self.action_ends_with(".sync:2")
    }

    /// The answer to the call is not the task's result.
    pub(crate) fn goes_on_after_call(&self) -> bool {
        self.awaits_child() || self.action_ends_with(".waitForTaskToken")
    }

    fn action_ends_with(&self, pattern: &str) -> bool {
        match &self.family {
            TaskFamily::Service { action, .. } => action.ends_with(pattern),
            TaskFamily::Activity | TaskFamily::Lambda => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn seconds_are_written_as_the_service_writes_them() {
        for (millis, text) in [
            (1_713_421_624_012, "1.713421624012E9"),
            (1_713_421_624_100, "1.7134216241E9"),
            (1_000_000_000_000, "1.0E9"),
        ] {
            assert_eq!(scientific(at(millis)), text);
        }
    }
}
