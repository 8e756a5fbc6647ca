//! `TestState`.

use everstep_proto::v1;
use serde_json::{Map, Value};

use super::{Answer, after};
use crate::aws::call::{Call, take_text, whole};
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let level = choice(call.member("inspectionLevel"), "INSPECTION_LEVEL_", |name| {
        v1::InspectionLevel::from_str_name(name)
    });
    let request = v1::TestStateRequest {
        namespace: call.namespace(),
        definition: call.text("definition"),
        state_name: call.text("stateName"),
        role_arn: call.role()?.unwrap_or_default(),
        input: call.text("input"),
        context: call.text("context"),
        variables: call.text("variables"),
        inspection_level: level.unwrap_or_default().into(),
        reveal_secrets: call.flag("revealSecrets").unwrap_or(false),
        mock: call.structure("mock").map(mock),
        state_configuration: call
            .structure("stateConfiguration")
            .map(|given| configuration(&given)),
    };
    let found = call.operations.test_state(None, request).await?;
    let status = found.status();
    Ok(Fields::new()
        .with_some("output", found.output)
        .with_some("error", found.error)
        .with_some("cause", found.cause)
        .with_some("inspectionData", found.inspection_data.map(inspected))
        .with_some("nextState", found.next_state)
        .with("status", after("TEST_EXECUTION_STATUS_", status.as_str_name()))
        .done())
}

fn choice<T>(given: Option<&Value>, prefix: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    read(&format!("{prefix}{}", given?.as_str()?))
}

fn mock(mut given: Value) -> v1::TestMock {
    let mode = choice(given.get("fieldValidationMode"), "MOCK_VALIDATION_MODE_", |name| {
        v1::MockValidationMode::from_str_name(name)
    });
    let error = given.get_mut("errorOutput").map(Value::take).filter(Value::is_object);
    v1::TestMock {
        result: take_text(&mut given, "result"),
        error_output: error.map(|mut error| v1::TestErrorOutput {
            error: take_text(&mut error, "error"),
            cause: take_text(&mut error, "cause"),
        }),
        field_validation_mode: mode.unwrap_or_default().into(),
    }
}

fn configuration(given: &Value) -> v1::TestStateConfiguration {
    let retries = whole(&given["retrierRetryCount"]).and_then(|it| u32::try_from(it).ok());
    v1::TestStateConfiguration {
        retrier_retry_count: retries.unwrap_or(0),
        map_iteration_failure_count: whole(&given["mapIterationFailureCount"]),
        map_item_reader_data: given["mapItemReaderData"].as_str().unwrap_or_default().to_owned(),
    }
}

fn inspected(found: v1::InspectionData) -> Value {
    let mut documents: Vec<_> = found.documents.into_iter().collect();
    documents.sort();
    let documents: Map<String, Value> =
        documents.into_iter().map(|(name, text)| (name, text.into())).collect();
    let errors = found.error_details.map(|details| {
        Fields::new()
            .with_some("catchIndex", details.catch_index)
            .with_some("retryIndex", details.retry_index)
            .with_some("retryBackoffIntervalSeconds", details.retry_backoff_interval_seconds)
    });
    Fields::of(documents)
        .with_some("errorDetails", errors)
        .with_some("toleratedFailureCount", found.tolerated_failure_count)
        .with_some("toleratedFailurePercentage", found.tolerated_failure_percentage)
        .with_some("maxConcurrency", found.max_concurrency)
        .with_some("request", found.request.map(sent))
        .with_some("response", found.response.map(received))
        .done()
}

fn sent(request: v1::InspectionRequest) -> Fields {
    Fields::new()
        .with("protocol", request.protocol)
        .with("method", request.method)
        .with("url", request.url)
        .with("headers", headers(&request.headers))
        .with_some("body", request.body)
}

fn received(response: v1::InspectionResponse) -> Fields {
    Fields::new()
        .with("protocol", response.protocol)
        .with("statusCode", response.status_code.to_string())
        .with("statusMessage", response.status_message)
        .with("headers", headers(&response.headers))
        .with_some("body", response.body)
}

/// In AWS's form: `[name: value, name: value]`.
fn headers(listed: &[v1::HttpHeader]) -> String {
    let lines: Vec<String> =
        listed.iter().map(|header| format!("{}: {}", header.name, header.value)).collect();
    format!("[{}]", lines.join(", "))
}
